package dev.altiplano.engine.run;

import dev.altiplano.engine.AdapterNames;
import dev.altiplano.engine.Engine;
import dev.altiplano.engine.EngineObserver;
import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.EngineStats;
import dev.altiplano.engine.Generation;
import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.engine.ModelCard;
import dev.altiplano.engine.RefusedException;
import dev.altiplano.engine.TierStats;
import dev.altiplano.engine.cache.tier.HostTier;
import dev.altiplano.engine.cache.tier.TierCounts;
import dev.altiplano.engine.load.LoadedModel;
import dev.altiplano.engine.os.ThreadEnd;
import dev.altiplano.engine.request.RequestReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** An engine that runs: one model and the thread that computes with it, in an {@link EngineLoop}. */
final class RunningEngine implements Engine {

    private final EngineParts parts;
    private final LoadedModel loaded;
    private final Surroundings surroundings;
    private final RequestReader reader;
    private final Ledger ledger;
    private final AdapterTable adapters;
    private final RequestSubmission submission;
    private final AdapterChanges adapterChanges;
    private final StepChanges changes = new StepChanges();
    private final EngineLoop loop;
    private final Thread thread;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** An engine at rest: {@link #start} starts its thread. */
    RunningEngine(EngineOptions options, LoadedModel loaded, EngineObserver observer, Surroundings surroundings) {
        this.loaded = loaded;
        this.surroundings = surroundings;
        parts = EngineParts.of(options, loaded, observer, surroundings);
        reader = parts.reader();
        ledger = parts.ledger();
        adapters = parts.adapters();
        try {
            submission = new RequestSubmission(
                    options.queue(), reader, parts.queue(), ledger, adapters, surroundings, this::wake);
            adapterChanges = new AdapterChanges(options.model(), loaded, adapters, this::changeBetweenSteps);
            loop = new EngineLoop(parts, changes, this::wake);
            thread = Thread.ofPlatform().name("altiplano-engine").unstarted(loop::run);
        } catch (RuntimeException | Error e) {
            closeTier();
            throw e;
        }
    }

    /** Starts the engine thread; returns this engine. */
    RunningEngine start() {
        try {
            thread.start();
        } catch (Error e) {
            closeTier();
            throw e;
        }
        return this;
    }

    private void closeTier() {
        HostTier tier = parts.tier();
        if (tier != null) {
            tier.close();
        }
    }

    /** What the engine thread does, for who takes its steps instead of it. */
    EngineLoop loop() {
        return loop;
    }

    @Override
    public ModelCard card() {
        return loaded.card();
    }

    @Override
    public int[] tokenize(String text, boolean addSpecialTokens) {
        return reader.encode(text, addSpecialTokens);
    }

    @Override
    public int[] tokenizeParsed(String text, boolean addSpecialTokens) {
        return reader.encodeParsed(text, addSpecialTokens);
    }

    @Override
    public int[] tokenizeInfill(String before, String after) {
        return reader.encodeInfill(before, after);
    }

    @Override
    public void requireFits(String field, String text) {
        reader.requireFits(field, text);
    }

    @Override
    public String detokenize(int[] ids) {
        return loaded.tokenizer().decode(ids);
    }

    @Override
    public Generation submit(GenerationRequest request) {
        return submission.submit(request);
    }

    @Override
    public @Nullable RefusedException refusal() {
        return submission.refusal();
    }

    private void wake() {
        surroundings.unpark(thread);
    }

    @Override
    public EngineStats stats() {
        return ledger.stats(loop.nanosSinceSign() / 1e9);
    }

    @Override
    public TierStats tierStats() {
        HostTier tier = parts.tier();
        if (tier == null) {
            return TierStats.NONE;
        }
        TierCounts now = tier.counts();
        return new TierStats(
                now.active(),
                now.blocks(),
                now.bytes(),
                now.hits(),
                now.writes(),
                now.skipped(),
                now.rejected(),
                now.errors());
    }

    @Override
    public String adapterDigest(@Nullable String name) {
        return adapters.digest(name);
    }

    @Override
    public AdapterNames adapters() {
        return adapters.names();
    }

    @Override
    public void loadAdapter(String name, Path path) {
        adapterChanges.load(name, path);
    }

    @Override
    public void unloadAdapter(String name) throws InterruptedException {
        adapterChanges.unload(name);
    }

    private void changeBetweenSteps(Runnable change) {
        changes.make(change, this::wake, () -> !thread.isAlive());
    }

    @Override
    public boolean running() {
        return thread.isAlive();
    }

    @Override
    public boolean drain(Duration deadline) throws InterruptedException {
        parts.queue().close();
        long end = surroundings.nanoTime() + deadline.toNanos();
        while (ledger.active() > 0 && surroundings.nanoTime() - end < 0) {
            Thread.sleep(5);
        }
        return ledger.active() == 0;
    }

    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        parts.queue().close();
        loop.stop();
        wake();
        ThreadEnd.await(thread);
        closeTier();
        adapters.close();
        loaded.close();
    }
}
