package dev.altiplano.server.ops;

import dev.altiplano.engine.EngineObserver;
import dev.altiplano.engine.Outcome;
import dev.altiplano.engine.RequestSummary;
import dev.altiplano.engine.Usage;
import org.springframework.stereotype.Component;

/**
 * Counts and logs every request once: those that the engine was asked for as the engine tells of their end, and those that did
 * not come so far. Thread-safe.
 */
@Component
public final class Requests implements EngineObserver {

    private static final Usage NONE = new Usage(0, 0, 0);

    private final RequestMetrics metrics;
    private final RequestLog log;

    Requests(RequestMetrics metrics, RequestLog log) {
        this.metrics = metrics;
        this.log = log;
    }

    /** A request came in; {@code address} is where from. Must be followed by its submission or by {@link #refused}. */
    public void arrived(String id, String requestId, String address) {
        log.arrived(id, requestId, address);
    }

    /** It was refused before the engine was asked, {@code nanos} after it arrived. */
    public void refused(String id, String reason, long nanos) {
        ended(new RequestSummary(id, Outcome.REJECTED, reason, NONE, -1, -1, nanos));
    }

    @Override
    public void started(long queueNanos) {
        metrics.started(queueNanos);
    }

    @Override
    public void firstToken(long nanos) {
        metrics.firstToken(nanos);
    }

    @Override
    public void nextToken(long nanos) {
        metrics.nextToken(nanos);
    }

    @Override
    public void step(int promptRows, int generatedRows, long nanos) {
        metrics.step(promptRows + generatedRows, nanos);
    }

    @Override
    public void ended(RequestSummary summary) {
        metrics.ended(summary);
        log.ended(summary);
    }
}
