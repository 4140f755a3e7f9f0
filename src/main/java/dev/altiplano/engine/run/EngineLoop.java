package dev.altiplano.engine.run;

import dev.altiplano.engine.EngineObserver;
import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.Outcome;
import dev.altiplano.engine.cache.BlockPool;
import dev.altiplano.engine.cache.PrefixCache;
import dev.altiplano.engine.cache.tier.HostTier;
import dev.altiplano.engine.load.LoadedModel;
import dev.altiplano.engine.model.ForwardBatch;
import dev.altiplano.engine.queue.RequestQueue;
import dev.altiplano.engine.request.ActiveRequest;
import dev.altiplano.engine.request.ActiveRequests;
import dev.altiplano.engine.request.GenerationSequence;
import dev.altiplano.engine.request.LastWords;
import dev.altiplano.engine.request.PromptEmbedder;
import dev.altiplano.engine.request.TokenScorer;
import dev.altiplano.engine.schedule.PrefixLoads;
import dev.altiplano.engine.schedule.PromptPace;
import dev.altiplano.engine.schedule.Scheduler;
import dev.altiplano.engine.schedule.SchedulerLimits;
import dev.altiplano.engine.schedule.StepPlan;
import dev.altiplano.engine.speculate.Speculation;
import dev.altiplano.engine.speculate.StepCosts;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the engine thread does: {@link #step} shows the path of a token. All methods but {@link #nanosSinceSign} and {@link #stop} are
 * called on that thread.
 */
final class EngineLoop {

    private static final System.Logger LOG = System.getLogger(EngineLoop.class.getName());
    private static final long IDLE_NANOS = Duration.ofMillis(50).toNanos();

    /** Rows of a step that drafted tokens may take: beyond, computing binds more than reading weights. */
    private static final int MAX_DRAFT_ROWS = 14;

    private final EngineOptions options;
    private final EngineObserver observer;
    private final LoadedModel loaded;
    private final Surroundings surroundings;
    private final RequestQueue<ActiveRequest> queue;
    private final BlockPool pool;
    private final Scheduler<GenerationSequence> scheduler;
    private final ActiveRequests requests;
    private final BatchRunner runner;
    private final Ledger ledger;
    private final StepChanges changes;
    private final StepCounters counters;
    private final StepCosts costs;
    private final StepEnergy energy;
    private final @Nullable Speculation speculation;
    private final StepEvent event = new StepEvent();
    private final Runnable signOfLife = this::alive;
    private final Predicate<String> wanted;
    private volatile boolean stopping;
    private volatile long lastSignNanos;

    /**
     * @param changes what others want changed between two steps
     * @param wake makes the engine thread look for work
     */
    EngineLoop(EngineParts parts, StepChanges changes, Runnable wake) {
        options = parts.options();
        observer = parts.observer();
        loaded = parts.loaded();
        surroundings = parts.surroundings();
        queue = parts.queue();
        pool = parts.pool();
        ledger = parts.ledger();
        counters = parts.counters();
        costs = parts.costs();
        speculation = parts.speculation();
        this.changes = changes;
        lastSignNanos = surroundings.nanoTime();
        energy = new StepEnergy(surroundings.energy(options.energy()));
        scheduler = scheduler(parts, wake);
        wanted = scheduler::wants;
        requests = new ActiveRequests(scheduler, parts.reader(), this::ended);
        runner = runner(parts.adapters());
    }

    private Scheduler<GenerationSequence> scheduler(EngineParts parts, Runnable wake) {
        EngineOptions.Batch limits = options.batch();
        int blockTokens = options.kv().blockTokens();
        HostTier tier = parts.tier();
        PrefixCache prefixes = new PrefixCache(pool, blockTokens, options.kv().prefixCache(), tier);
        return new Scheduler<>(
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
                new PromptPace(
                        limits.maxBatchTokens(),
                        options.decoding().timed() ? limits.interTokenTarget() : Duration.ZERO),
                tier == null ? null : new PrefixLoads(tier, pool, prefixes, blockTokens, wake));
    }

    private BatchRunner runner(AdapterTable adapters) {
        EngineOptions.Batch limits = options.batch();
        int contextLength = loaded.config().contextLength();
        int blockIds = Math.multiplyExact(
                limits.maxSequences(), Math.ceilDiv(contextLength, options.kv().blockTokens()));
        return new BatchRunner(
                new ForwardBatch(limits.maxBatchTokens(), loaded.maxScoredRows(), blockIds, loaded.arena()),
                new TokenScorer(
                        loaded.kernels().layer(),
                        loaded.tokenizer(),
                        loaded.config().vocabularySize(),
                        contextLength,
                        loaded.arena()),
                new PromptEmbedder(loaded.config().hiddenSize(), requests),
                requests,
                ledger,
                counters,
                observer,
                loaded.card().oneRule(),
                adapters);
    }

    /** Takes steps until {@link #stop}; then, or when nothing can be computed any more, ends all. */
    void run() {
        try {
            while (!stopping) {
                if (!turn()) {
                    surroundings.park(IDLE_NANOS);
                }
            }
        } catch (RuntimeException | Error e) {
            LastWords.log(LOG, "the engine cannot go on; it refuses requests until a restart", e);
            throw e;
        } finally {
            queue.close();
            endAll();
        }
    }

    /** Takes a step, whatever happens in it; false when there was nothing to do. */
    boolean turn() {
        boolean worked;
        try {
            worked = step();
        } catch (RuntimeException | Error e) {
            LastWords.log(LOG, "a step failed; the requests that took part in it end with an error", e);
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
            endedWaiting(waiting, Outcome.ERROR, "the service is stopping");
        }
        requests.endAll(Outcome.ERROR, "the service is stopping");
    }

    /** Makes the engine thread end what it has and stop, once it is awake. Thread-safe. */
    void stop() {
        stopping = true;
    }

    /** How long ago the engine thread last finished something. Thread-safe. */
    long nanosSinceSign() {
        return surroundings.nanoTime() - lastSignNanos;
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
        long drafting =
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
            costs.measured(generatedRows, now - begin - drafting);
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
            endedWaiting(
                    request,
                    overdue,
                    overdue == Outcome.TIMEOUT ? "the deadline passed in the queue" : request.cancelledFor());
            return true;
        });
        requests.expire(now);
    }

    /** A request ended in the queue, which it leaves whatever happens on the way. */
    private void endedWaiting(ActiveRequest request, Outcome outcome, String detail) {
        try {
            ended(request, outcome, detail);
        } catch (RuntimeException | Error e) {
            LastWords.log(LOG, "a request that was to end in the queue failed", e);
        }
    }

    private void ended(ActiveRequest request, Outcome outcome, String detail) {
        // Whoever has seen the end must not find the blocks still held.
        counters.memory(pool.held(), pool.reusable(), scheduler.preemptions());
        ledger.ended(request, outcome, detail);
    }
}
