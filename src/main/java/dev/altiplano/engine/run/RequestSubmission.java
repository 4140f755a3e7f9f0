package dev.altiplano.engine.run;

import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.engine.Outcome;
import dev.altiplano.engine.RefusedException;
import dev.altiplano.engine.Sampling;
import dev.altiplano.engine.queue.Refusal;
import dev.altiplano.engine.queue.RequestQueue;
import dev.altiplano.engine.request.ActiveRequest;
import dev.altiplano.engine.request.RequestReader;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The way of a request from its caller's thread into the queue: it is read, bounded and counted, or refused. Thread-safe. */
final class RequestSubmission {

    private final EngineOptions.Queue options;
    private final RequestReader reader;
    private final RequestQueue<ActiveRequest> queue;
    private final Ledger ledger;
    private final AdapterTable adapters;
    private final Surroundings surroundings;
    private final Runnable wake;

    /** @param wake makes the engine thread look into the queue */
    RequestSubmission(
            EngineOptions.Queue options,
            RequestReader reader,
            RequestQueue<ActiveRequest> queue,
            Ledger ledger,
            AdapterTable adapters,
            Surroundings surroundings,
            Runnable wake) {
        this.options = options;
        this.reader = reader;
        this.queue = queue;
        this.ledger = ledger;
        this.adapters = adapters;
        this.surroundings = surroundings;
        this.wake = wake;
    }

    /** As {@link dev.altiplano.engine.Engine#submit}. */
    ActiveRequest submit(GenerationRequest request) {
        String digest = adapters.acquire(request.adapter());
        try {
            return submit(request, digest);
        } catch (RuntimeException | Error e) {
            adapters.ended(request.adapter(), false);
            throw e;
        }
    }

    private ActiveRequest submit(GenerationRequest request, String adapterDigest) {
        long now = surroundings.nanoTime();
        Refusal refusal = queue.reserve();
        if (refusal != null) {
            throw ledger.refused(request, refusal);
        }
        ActiveRequest active;
        try {
            active = ActiveRequest.of(
                    request, reader, now, now + timeout(request).toNanos(), seed(request), adapterDigest, wake);
        } catch (RuntimeException | Error e) {
            queue.release();
            throw e;
        }
        ledger.accepted();
        if (active.needsNoModel()) {
            queue.release();
            active.finishAtOnce();
            ledger.ended(active, Outcome.LENGTH, "");
            return active;
        }
        refusal = queue.offer(
                active,
                active.promptTokens(),
                request.client().name(),
                request.client().priority());
        if (refusal != null) {
            ledger.withdrawn();
            throw ledger.refused(request, refusal);
        }
        wake.run();
        return active;
    }

    /** Why a request would be refused now; null where it would be taken. */
    @Nullable
    RefusedException refusal() {
        Refusal refusal = queue.refusal();
        return refusal == null ? null : ledger.exception(refusal);
    }

    private Duration timeout(GenerationRequest request) {
        Duration asked = request.client().timeout();
        if (asked == null) {
            return options.defaultTimeout();
        }
        Duration maximum = options.maxTimeout();
        return asked.compareTo(maximum) < 0 ? asked : maximum;
    }

    private long seed(GenerationRequest request) {
        Sampling sampling = request.sampling();
        return sampling.seed().orElseGet(() -> sampling.drawnSeed().orElseGet(surroundings::seed));
    }
}
