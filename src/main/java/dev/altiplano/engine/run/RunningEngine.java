package dev.altiplano.engine.run;

import dev.altiplano.engine.AdapterNames;
import dev.altiplano.engine.Engine;
import dev.altiplano.engine.EngineObserver;
import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.EngineStats;
import dev.altiplano.engine.Generation;
import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.engine.ModelCard;
import dev.altiplano.engine.Outcome;
import dev.altiplano.engine.RefusedException;
import dev.altiplano.engine.TierStats;
import dev.altiplano.engine.cache.BlockPool;
import dev.altiplano.engine.cache.PrefixCache;
import dev.altiplano.engine.cache.tier.HostTier;
import dev.altiplano.engine.cache.tier.TierCounts;
import dev.altiplano.engine.load.LoadedModel;
import dev.altiplano.engine.model.ForwardBatch;
import dev.altiplano.engine.os.ThreadEnd;
import dev.altiplano.engine.queue.RequestQueue;
import dev.altiplano.engine.request.ActiveRequest;
import dev.altiplano.engine.request.ActiveRequests;
import dev.altiplano.engine.request.GenerationSequence;
import dev.altiplano.engine.request.PromptEmbedder;
import dev.altiplano.engine.request.RequestReader;
import dev.altiplano.engine.request.TokenScorer;
import dev.altiplano.engine.schedule.PrefixLoads;
import dev.altiplano.engine.schedule.PromptPace;
import dev.altiplano.engine.schedule.Scheduler;
import dev.altiplano.engine.schedule.SchedulerLimits;
import dev.altiplano.engine.schedule.StepPlan;
import dev.altiplano.engine.speculate.Speculation;
import dev.altiplano.engine.speculate.StepCosts;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * An engine that runs: one model and the thread that computes with it; {@link #step} shows the path of a token. The methods of
 * {@link Engine} may be called from any thread; everything else happens on the engine thread.
 */
final class RunningEngine implements Engine {

    private static final System.Logger LOG = System.getLogger(RunningEngine.class.getName());
    private static final long IDLE_NANOS = Duration.ofMillis(50).toNanos();

    /** Rows of a step that guessed tokens may take: beyond, computing binds more than reading weights. */
    private static final int MAX_DRAFT_ROWS = 14;

    private final EngineOptions options;
    private final EngineObserver observer;
    private final LoadedModel loaded;
    private final Surroundings surroundings;
    private final RequestReader reader;
    private final RequestQueue<ActiveRequest> queue;
    private final BlockPool pool;
    private final Scheduler<GenerationSequence> scheduler;
    private final ActiveRequests requests;
    private final BatchRunner runner;
    private final Ledger ledger;
    private final AdapterTable adapters;
    private final RequestSubmission submission;
    private final AdapterChanges adapterChanges;
    private final @Nullable HostTier tier;
    private final StepChanges changes = new StepChanges();
    private final StepCounters counters = new StepCounters();
    private final StepCosts costs;
    private final StepEnergy energy;
    private final @Nullable Speculation speculation;
    private final StepEvent event = new StepEvent();
    private final Thread thread;
    private final Runnable signOfLife = this::alive;
    private final Predicate<String> wanted;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean stopping;
    private volatile long lastSignNanos;

    /** An engine at rest: {@link #start} starts its thread. */
    RunningEngine(EngineOptions options, LoadedModel loaded, EngineObserver observer, Surroundings surroundings) {
        this.options = options;
        this.loaded = loaded;
        this.observer = observer;
        this.surroundings = surroundings;
        lastSignNanos = surroundings.nanoTime();
        costs = new StepCosts(options.decoding().timed());
        PromptPace pace = new PromptPace(
                options.batch().maxBatchTokens(),
                options.decoding().timed() ? options.batch().interTokenTarget() : Duration.ZERO);
        energy = new StepEnergy(surroundings.energy(options.energy()));
        EngineOptions.Batch limits = options.batch();
        int blockTokens = options.kv().blockTokens();
        int contextLength = loaded.config().contextLength();
        int vocabularySize = loaded.config().vocabularySize();
        speculation = options.decoding().speculation()
                ? new Speculation(costs, DraftModels.of(options, loaded, costs, surroundings), surroundings::nanoTime)
                : null;
        reader = new RequestReader(loaded.tokenizer(), loaded.chatTemplate(), contextLength, speculation);
        queue = new RequestQueue<>(options.queue().capacity(), options.queue().tokens());
        pool = new BlockPool(loaded.kv().shape().blocks());
        tier = surroundings.tier(options, loaded);
        PrefixCache prefixes = new PrefixCache(pool, blockTokens, options.kv().prefixCache(), tier);
        scheduler = new Scheduler<>(
                pool,
                prefixes,
                blockTokens,
                new SchedulerLimits(
                        limits.maxSequences(),
                        limits.maxBatchTokens(),
                        loaded.maxScoredRows(),
                        speculation == null ? 0 : MAX_DRAFT_ROWS,
                        loaded.config().effectiveWindow(),
                        loaded.card().oneRule()),
                pace,
                tier == null ? null : new PrefixLoads(tier, pool, prefixes, blockTokens, this::wake));
        wanted = scheduler::wants;
        EngineOptions.AdapterRoom room = options.model().adapterRoom();
        adapters = new AdapterTable(loaded.adapters(), room.maximum(), room.bytes());
        ledger = new Ledger(options, observer, queue, counters, speculation, adapters, surroundings, pool.size());
        submission = new RequestSubmission(options.queue(), reader, queue, ledger, adapters, surroundings, this::wake);
        adapterChanges = new AdapterChanges(options.model(), loaded, adapters, this::changeBetweenSteps);
        requests = new ActiveRequests(scheduler, reader, this::ended);
        int blockIds = Math.multiplyExact(limits.maxSequences(), Math.ceilDiv(contextLength, blockTokens));
        runner = new BatchRunner(
                new ForwardBatch(limits.maxBatchTokens(), loaded.maxScoredRows(), blockIds, loaded.arena()),
                new TokenScorer(
                        loaded.kernels().layer(), loaded.tokenizer(), vocabularySize, contextLength, loaded.arena()),
                new PromptEmbedder(loaded.config().hiddenSize(), requests),
                requests,
                ledger,
                counters,
                observer,
                loaded.card().oneRule(),
                adapters);
        thread = Thread.ofPlatform().name("altiplano-engine").unstarted(this::run);
    }

    /** Starts the engine thread; returns this engine. */
    RunningEngine start() {
        thread.start();
        return this;
    }

    /** One turn of the engine: from the queue through schedule, model and sampling to the streams; false when nothing was to compute. */
    private boolean step() {
        long begin = surroundings.nanoTime();
        event.begin();
        changes.apply();
        expire(begin);
        boolean admitted = admit();
        StepPlan<GenerationSequence> plan = scheduler.plan();
        if (plan.rows() == 0) {
            // What was admitted may have ended at once, and others may wait behind it.
            return admitted;
        }
        energy.begin();
        long guessing =
                speculation == null ? 0 : speculation.make(options.batch().maxBatchTokens() - plan.rows(), signOfLife);
        int blocksUsed = pool.held();
        // Not the step's beginning: a request may have been submitted since.
        ForwardBatch batch = runner.fill(plan, surroundings.nanoTime());
        MemorySegment logits = loaded.model().forward(batch, signOfLife);
        scheduler.advance(plan);
        energy.share(plan);
        long now = surroundings.nanoTime();
        runner.read(plan, logits, loaded.model().hidden(), now);
        int generatedRows = plan.generatedRows();
        int promptRows = plan.rows() - generatedRows;
        counters.step(promptRows, plan.parts());
        if (promptRows == 0) {
            costs.measured(generatedRows, now - begin - guessing);
        }
        scheduler.took(now - begin);
        observer.step(promptRows, generatedRows, now - begin);
        record(plan, blocksUsed);
        return true;
    }

    /**
     * Takes requests from the queue, no more in a step than sequences can run: the others are not kept waiting by their number.
     * Returns whether there were any.
     */
    private boolean admit() {
        for (int i = 0; i < options.batch().maxSequences(); i++) {
            ActiveRequest next = queue.poll(wanted);
            if (next == null) {
                return i > 0;
            }
            try {
                requests.begin(next);
            } catch (RuntimeException | Error e) {
                // Also where memory ran out for one request: the others go on.
                requests.fail(next, e);
            }
        }
        return true;
    }

    /** For Flight Recorder, where one is running. */
    private void record(StepPlan<GenerationSequence> plan, int blocksUsed) {
        event.end();
        if (event.shouldCommit()) {
            event.promptRows = plan.rows() - plan.generatedRows();
            event.generatedRows = plan.generatedRows();
            event.sequences = plan.parts();
            event.requestsWaiting = ledger.waiting();
            event.kvBlocksUsed = blocksUsed;
            event.kvBlocks = pool.size();
            event.preemptions = scheduler.preemptions();
            event.commit();
        }
    }

    private void run() {
        while (!stopping) {
            if (!turn()) {
                surroundings.park(IDLE_NANOS);
            }
        }
        endAll();
    }

    /** Takes a step, whatever happens in it; false when there was nothing to do. */
    boolean turn() {
        boolean worked;
        try {
            worked = step();
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, "a step failed; the requests that took part in it end with an error", e);
            requests.endAll(Outcome.ERROR, "the engine failed in a step");
            worked = true;
        }
        counters.memory(pool.held(), pool.reusable(), scheduler.preemptions());
        alive();
        if (!worked) {
            counters.idle();
            energy.rest();
        }
        return worked;
    }

    /** Ends what waits and what runs: the engine stops. */
    void endAll() {
        ActiveRequest waiting;
        while ((waiting = queue.poll()) != null) {
            ended(waiting, Outcome.ERROR, "the service is stopping");
        }
        requests.endAll(Outcome.ERROR, "the service is stopping");
    }

    private void alive() {
        lastSignNanos = surroundings.nanoTime();
    }

    /** Ends what was cancelled or is overdue, in the queue without having cost any computation. */
    private void expire(long now) {
        queue.removeIf(request -> {
            Outcome overdue = request.overdue(now);
            if (overdue == null) {
                return false;
            }
            ended(
                    request,
                    overdue,
                    overdue == Outcome.TIMEOUT ? "the deadline passed in the queue" : request.cancelledFor());
            return true;
        });
        requests.expire(now);
    }

    private void ended(ActiveRequest request, Outcome outcome, String detail) {
        // Whoever has seen the end must not find the blocks still held.
        counters.memory(pool.held(), pool.reusable(), scheduler.preemptions());
        ledger.ended(request, outcome, detail);
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
        return ledger.stats((surroundings.nanoTime() - lastSignNanos) / 1e9);
    }

    @Override
    public TierStats tierStats() {
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
    public boolean drain(Duration deadline) throws InterruptedException {
        queue.close();
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
        queue.close();
        stopping = true;
        wake();
        ThreadEnd.await(thread);
        if (tier != null) {
            tier.close();
        }
        adapters.close();
        loaded.close();
    }
}
