package dev.altiplano.engine.run;

import dev.altiplano.engine.EngineObserver;
import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.EngineStats;
import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.engine.Outcome;
import dev.altiplano.engine.RefusedException;
import dev.altiplano.engine.RequestSummary;
import dev.altiplano.engine.queue.Refusal;
import dev.altiplano.engine.queue.RequestQueue;
import dev.altiplano.engine.request.ActiveRequest;
import dev.altiplano.engine.speculate.Speculation;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The books of an engine: which requests were accepted, refused, started and ended, each once. Submitting threads and the engine
 * thread write; anyone reads.
 */
final class Ledger {

    /** Weight of the newest request in the mean duration. */
    private static final double NEWEST_SHARE = 0.1;

    private final EngineOptions options;
    private final EngineObserver observer;
    private final RequestQueue<ActiveRequest> queue;
    private final StepCounters counters;
    private final @Nullable Speculation speculation;
    private final AdapterTable adapters;
    private final Surroundings surroundings;
    private final int kvBlocks;
    /** Requests that were accepted and have not ended. */
    private final AtomicInteger accepted = new AtomicInteger();
    /** Those of them that have taken part in a step. */
    private final AtomicInteger started = new AtomicInteger();

    private volatile double secondsPerRequest = 1;

    Ledger(
            EngineOptions options,
            EngineObserver observer,
            RequestQueue<ActiveRequest> queue,
            StepCounters counters,
            @Nullable Speculation speculation,
            AdapterTable adapters,
            Surroundings surroundings,
            int kvBlocks) {
        this.options = options;
        this.observer = observer;
        this.queue = queue;
        this.counters = counters;
        this.speculation = speculation;
        this.adapters = adapters;
        this.surroundings = surroundings;
        this.kvBlocks = kvBlocks;
    }

    /** A request is accepted, or about to be. */
    void accepted() {
        accepted.incrementAndGet();
    }

    /** It was refused after all. */
    void withdrawn() {
        accepted.decrementAndGet();
    }

    /** Requests that have not ended. */
    int active() {
        return accepted.get();
    }

    /** Requests that have not taken part in a step. */
    int waiting() {
        return Math.max(0, accepted.get() - started.get());
    }

    /** A sequence of {@code request} takes part in a step: counts the request once. */
    void started(ActiveRequest request, long nowNanos) {
        if (request.running(nowNanos)) {
            started.incrementAndGet();
            adapters.started(request.request().adapter());
            observer.started(request.queueNanos());
        }
    }

    /** The one place where an accepted request comes to its outcome. */
    void ended(ActiveRequest request, Outcome outcome, String detail) {
        if (request.ended()) {
            return;
        }
        RequestSummary summary = request.end(outcome, detail, surroundings.nanoTime());
        // Its reader, and who waits for the last one, must not be ahead of the counters and the log.
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
            adapters.ended(request.request().adapter(), summary.queueNanos() >= 0);
            request.tell(summary);
        }
    }

    /** Counts a request that is refused; returns what its caller is told. */
    RefusedException refused(GenerationRequest request, Refusal refusal) {
        RefusedException refused = exception(refusal);
        observer.ended(RequestSummary.rejected(request.id(), String.valueOf(refused.getMessage()), 0));
        return refused;
    }

    /** What a caller is told, counting nothing. */
    RefusedException exception(Refusal refusal) {
        long turns = Math.ceilDiv(queue.size(), options.batch().maxSequences());
        Duration retryAfter = Duration.ofSeconds(Math.clamp(Math.round(turns * secondsPerRequest), 1, 60));
        return switch (refusal) {
            case FULL ->
                new RefusedException(
                        RefusedException.Reason.QUEUE_FULL,
                        "the queue is full: " + options.queue().capacity() + " requests are waiting",
                        retryAfter);
            case TOKENS_FULL ->
                new RefusedException(
                        RefusedException.Reason.QUEUE_TOKENS_FULL,
                        "the queue is full: " + queue.tokens() + " of "
                                + options.queue().tokens() + " prompt tokens are waiting",
                        retryAfter);
            case CLOSED ->
                new RefusedException(
                        RefusedException.Reason.DRAINING, "the service is stopping", Duration.ofSeconds(5));
        };
    }

    /** A snapshot. */
    EngineStats stats(double secondsSinceStep) {
        int active = accepted.get();
        int running = Math.min(started.get(), active);
        return counters.snapshot(
                active - running, running, queue.tokens(), kvBlocks, speculation, secondsSinceStep, active > 0);
    }
}
