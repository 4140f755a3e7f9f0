package dev.altiplano.engine.run;

import dev.altiplano.engine.Engine;
import dev.altiplano.engine.EngineObserver;
import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.EngineStats;
import dev.altiplano.engine.FinishReason;
import dev.altiplano.engine.Generation;
import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.engine.ModelCard;
import dev.altiplano.engine.Outcome;
import dev.altiplano.engine.RefusedException;
import dev.altiplano.engine.RequestSummary;
import dev.altiplano.engine.Usage;
import dev.altiplano.engine.cache.BlockPool;
import dev.altiplano.engine.cache.PrefixCache;
import dev.altiplano.engine.load.LoadedModel;
import dev.altiplano.engine.model.ForwardBatch;
import dev.altiplano.engine.os.ThreadEnd;
import dev.altiplano.engine.queue.Refusal;
import dev.altiplano.engine.queue.RequestQueue;
import dev.altiplano.engine.request.ActiveRequest;
import dev.altiplano.engine.request.ActiveRequests;
import dev.altiplano.engine.request.GenerationSequence;
import dev.altiplano.engine.request.RequestReader;
import dev.altiplano.engine.request.TokenScorer;
import dev.altiplano.engine.schedule.Scheduler;
import dev.altiplano.engine.schedule.StepPlan;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One model and the thread that computes with it; {@link #step} shows the path of a token.
 *
 * <p>{@link #submit}, {@link #stats}, {@link #tokenize}, {@link #detokenize}, {@link #drain} and {@link Generation#cancel} may be
 * called from any thread; everything else happens on the engine thread. A request that fails, fails alone.
 */
final class RunningEngine implements Engine {

    private static final System.Logger LOG = System.getLogger(RunningEngine.class.getName());
    private static final long IDLE_NANOS = Duration.ofMillis(50).toNanos();
    private static final double NEWEST_SHARE = 0.1;

    private final EngineOptions options;
    private final EngineObserver observer;
    private final LoadedModel loaded;
    private final RequestReader reader;
    private final RequestQueue<ActiveRequest> queue;
    private final BlockPool pool;
    private final Scheduler<GenerationSequence> scheduler;
    private final ActiveRequests requests;
    private final ForwardBatch batch;
    private final TokenScorer scoring;
    private final StepCounters counters = new StepCounters();
    /** Requests that were accepted and have not ended. */
    private final AtomicInteger accepted = new AtomicInteger();
    /** Those of them that have taken part in a step. */
    private final AtomicInteger started = new AtomicInteger();

    private final StepEvent event = new StepEvent();
    private final Thread thread;
    private final Runnable signOfLife = this::alive;
    private final AtomicBoolean closed = new AtomicBoolean();
    private int[] firstScored = new int[16];
    private volatile boolean stopping;
    private volatile long lastSignNanos = System.nanoTime();
    private volatile double secondsPerRequest = 1;

    RunningEngine(EngineOptions options, LoadedModel loaded, EngineObserver observer) {
        this.options = options;
        this.loaded = loaded;
        this.observer = observer;
        int blockTokens = options.kvBlockTokens();
        int contextLength = loaded.config().contextLength();
        reader = new RequestReader(loaded.tokenizer(), contextLength);
        queue = new RequestQueue<>(options.queueCapacity(), options.queueTokens());
        pool = new BlockPool(loaded.kv().shape().blocks());
        PrefixCache prefixes = new PrefixCache(pool, blockTokens, options.prefixCache());
        scheduler = new Scheduler<>(
                pool, prefixes, blockTokens, options.maxSequences(), options.maxBatchTokens(), loaded.maxScoredRows());
        requests = new ActiveRequests(scheduler, reader, this::ended);
        int blockIds = Math.multiplyExact(options.maxSequences(), Math.ceilDiv(contextLength, blockTokens));
        batch = new ForwardBatch(options.maxBatchTokens(), loaded.maxScoredRows(), blockIds, loaded.arena());
        scoring = new TokenScorer(
                loaded.kernels(), loaded.tokenizer(), loaded.config().vocabularySize(), contextLength, loaded.arena());
        thread = Thread.ofPlatform().name("altiplano-engine").start(this::run);
    }

    /** One turn of the engine: from the queue through schedule, model and sampling to the streams; false when nothing was to compute. */
    private boolean step() {
        long begin = System.nanoTime();
        event.begin();
        expire(begin);
        ActiveRequest next;
        while (scheduler.hasRoom() && (next = queue.poll()) != null) {
            begin(next);
        }
        StepPlan<GenerationSequence> plan = scheduler.plan();
        if (plan.rows() == 0) {
            return false;
        }
        int blocksUsed = pool.held();
        // Not the step's beginning: a request may have been submitted since.
        fill(plan, System.nanoTime());
        MemorySegment logits = loaded.model().forward(batch, signOfLife);
        scheduler.computed(plan);
        long now = System.nanoTime();
        int generatedRows = 0;
        for (int part = 0; part < plan.parts(); part++) {
            read(plan, part, logits, now);
            generatedRows += plan.generated(part) ? plan.rows(part) : 0;
        }
        counters.step(plan.rows() - generatedRows, plan.parts());
        observer.step(plan.rows() - generatedRows, generatedRows, now - begin);
        record(plan, generatedRows, blocksUsed);
        return true;
    }

    /** For Flight Recorder, where one is running. */
    private void record(StepPlan<GenerationSequence> plan, int generatedRows, int blocksUsed) {
        event.end();
        if (event.shouldCommit()) {
            event.promptRows = plan.rows() - generatedRows;
            event.generatedRows = generatedRows;
            event.sequences = plan.parts();
            event.requestsWaiting = Math.max(0, accepted.get() - started.get());
            event.kvBlocksUsed = blocksUsed;
            event.kvBlocks = pool.size();
            event.preemptions = scheduler.preemptions();
            event.commit();
        }
    }

    private void run() {
        while (!stopping) {
            boolean worked;
            try {
                worked = step();
            } catch (RuntimeException | Error e) {
                LOG.log(
                        System.Logger.Level.ERROR,
                        "a step failed; the requests that took part in it end with an error",
                        e);
                requests.endAll(Outcome.ERROR, "the engine failed in a step");
                worked = true;
            }
            counters.memory(pool.held(), pool.reusable(), scheduler.preemptions());
            alive();
            if (!worked) {
                counters.idle();
                LockSupport.parkNanos(this, IDLE_NANOS);
            }
        }
        ActiveRequest waiting;
        while ((waiting = queue.poll()) != null) {
            ended(waiting, Outcome.ERROR, "the service is stopping");
        }
        requests.endAll(Outcome.ERROR, "the service is stopping");
    }

    private void alive() {
        lastSignNanos = System.nanoTime();
    }

    private void begin(ActiveRequest request) {
        try {
            requests.begin(request);
        } catch (RuntimeException e) {
            failed(request, e);
        }
    }

    private void failed(ActiveRequest request, RuntimeException cause) {
        LOG.log(System.Logger.Level.ERROR, "request " + request.request().id() + " failed", cause);
        requests.end(request, Outcome.ERROR, "the request failed inside the engine");
    }

    /** Ends what was cancelled or is overdue, in the queue without having cost any computation. */
    private void expire(long now) {
        queue.removeIf(request -> {
            Outcome overdue = request.overdue(now);
            if (overdue == null) {
                return false;
            }
            ended(request, overdue, overdue == Outcome.TIMEOUT ? "the deadline passed in the queue" : "cancelled");
            return true;
        });
        requests.expire(now);
    }

    /** Lays the planned rows out for the model. */
    private void fill(StepPlan<GenerationSequence> plan, long now) {
        batch.clear();
        if (firstScored.length < plan.parts()) {
            firstScored = new int[2 * plan.parts()];
        }
        for (int part = 0; part < plan.parts(); part++) {
            GenerationSequence choice = plan.sequence(part);
            started(choice, now);
            boolean generated = plan.generated(part);
            int list =
                    batch.addBlockList(choice.table().blocks(), choice.table().size());
            int end = choice.computed() + plan.rows(part);
            firstScored[part] = -1;
            for (int position = choice.computed(); position < end; position++) {
                boolean wanted = position == choice.length() - 1 || choice.scoresPrompt() && !generated;
                int scored = batch.add(choice.tokens()[position], position, list, generated, wanted);
                firstScored[part] = firstScored[part] < 0 ? scored : firstScored[part];
            }
        }
    }

    private void started(GenerationSequence choice, long now) {
        ActiveRequest request = choice.request();
        if (choice.countReused()) {
            counters.reused(choice.reused());
        }
        if (request.running(now)) {
            started.incrementAndGet();
            observer.started(request.queueNanos());
        }
    }

    /** Takes what a part of the plan has given: scores of its prompt, and its next token. */
    private void read(StepPlan<GenerationSequence> plan, int part, MemorySegment logits, long now) {
        GenerationSequence choice = plan.sequence(part);
        ActiveRequest request = choice.request();
        int row = firstScored[part];
        if (row < 0 || request.ended()) {
            return;
        }
        try {
            if (choice.scoresPrompt() && !plan.generated(part)) {
                for (int position = choice.computed() - plan.rows(part); position < choice.computed(); position++) {
                    scoring.scorePrompt(logits, row++, choice, position);
                }
                row--;
            }
            if (choice.computed() < choice.length()) {
                return;
            }
            if (choice.maxTokens() == 0) {
                requests.finish(choice, FinishReason.LENGTH);
                return;
            }
            sampled(choice, now);
            scoring.sample(logits, row, choice);
            if (choice.finishReason() != null) {
                requests.finished(choice);
            }
        } catch (RuntimeException e) {
            failed(request, e);
        }
    }

    private void sampled(GenerationSequence choice, long now) {
        ActiveRequest request = choice.request();
        counters.sampled();
        request.tokenSampled(now);
        long since = choice.tokenSampled(now);
        if (since < 0) {
            observer.firstToken(request.sinceSubmission(now));
        } else {
            observer.nextToken(since);
        }
    }

    /** The one place where an accepted request comes to its outcome. */
    private void ended(ActiveRequest request, Outcome outcome, String detail) {
        if (request.ended()) {
            return;
        }
        long now = System.nanoTime();
        // Whoever has seen the end must not find the blocks still held.
        counters.memory(pool.held(), pool.reusable(), scheduler.preemptions());
        RequestSummary summary = request.end(outcome, detail, now);
        // Neither must its reader, nor who waits for the last one, be ahead of the counters and the log.
        try {
            observer.ended(summary);
        } finally {
            if (summary.queueNanos() >= 0) {
                double seconds = (summary.totalNanos() - summary.queueNanos()) / 1e9;
                double before = secondsPerRequest;
                secondsPerRequest = before + NEWEST_SHARE * (seconds - before);
                started.decrementAndGet();
            }
            accepted.decrementAndGet();
            request.tell(summary);
        }
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
    public String detokenize(int[] ids) {
        return loaded.tokenizer().decode(ids);
    }

    @Override
    public Generation submit(GenerationRequest request) {
        long now = System.nanoTime();
        Refusal refusal = queue.reserve();
        if (refusal != null) {
            throw refused(request, refusal);
        }
        ActiveRequest live;
        try {
            long deadline = now + timeout(request).toNanos();
            live = new ActiveRequest(request, reader.promptIds(request), now, deadline, seed(request), this::wake);
        } catch (RuntimeException | Error e) {
            queue.release();
            throw e;
        }
        accepted.incrementAndGet();
        refusal = queue.offer(live, live.promptTokens(), request.client(), request.priority());
        if (refusal != null) {
            accepted.decrementAndGet();
            throw refused(request, refusal);
        }
        wake();
        return live;
    }

    private Duration timeout(GenerationRequest request) {
        Duration asked = request.timeout();
        if (asked == null) {
            return options.defaultTimeout();
        }
        return asked.compareTo(options.maxTimeout()) < 0 ? asked : options.maxTimeout();
    }

    private static long seed(GenerationRequest request) {
        return request.seed().orElseGet(() -> ThreadLocalRandom.current().nextLong());
    }

    @Override
    public @Nullable RefusedException refusal() {
        Refusal refusal = queue.refusal();
        return refusal == null ? null : exception(refusal);
    }

    private RefusedException refused(GenerationRequest request, Refusal refusal) {
        RefusedException refused = exception(refusal);
        observer.ended(new RequestSummary(
                request.id(), Outcome.REJECTED, String.valueOf(refused.getMessage()), new Usage(0, 0, 0), -1, -1, 0));
        return refused;
    }

    private RefusedException exception(Refusal refusal) {
        long turns = Math.ceilDiv(queue.size(), options.maxSequences());
        Duration retryAfter = Duration.ofSeconds(Math.clamp(Math.round(turns * secondsPerRequest), 1, 60));
        return switch (refusal) {
            case FULL ->
                new RefusedException(
                        RefusedException.Reason.QUEUE_FULL,
                        "the queue is full: " + options.queueCapacity() + " requests are waiting",
                        retryAfter);
            case TOKENS_FULL ->
                new RefusedException(
                        RefusedException.Reason.QUEUE_TOKENS_FULL,
                        "the queue is full: " + queue.tokens() + " of " + options.queueTokens()
                                + " prompt tokens are waiting",
                        retryAfter);
            case CLOSED ->
                new RefusedException(
                        RefusedException.Reason.DRAINING, "the service is stopping", Duration.ofSeconds(5));
        };
    }

    private void wake() {
        LockSupport.unpark(thread);
    }

    @Override
    public EngineStats stats() {
        int ofAccepted = accepted.get();
        int ofStarted = Math.min(started.get(), ofAccepted);
        return counters.snapshot(
                ofAccepted - ofStarted,
                ofStarted,
                queue.tokens(),
                pool.size(),
                (System.nanoTime() - lastSignNanos) / 1e9,
                ofAccepted > 0);
    }

    @Override
    public boolean drain(Duration deadline) throws InterruptedException {
        queue.close();
        long end = System.nanoTime() + deadline.toNanos();
        while (accepted.get() > 0 && System.nanoTime() - end < 0) {
            Thread.sleep(5);
        }
        return accepted.get() == 0;
    }

    /** Ends what still runs with an error, stops the engine thread and frees all memory. The first call counts. */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        queue.close();
        stopping = true;
        wake();
        ThreadEnd.await(thread);
        loaded.close();
    }
}
