package dev.altiplano.server.ops;

import dev.altiplano.engine.EngineObserver;
import dev.altiplano.engine.RequestSummary;
import dev.altiplano.engine.Usage;
import dev.altiplano.server.ops.trace.Origin;
import dev.altiplano.server.ops.trace.TraceContext;
import dev.altiplano.server.ops.trace.Tracing;
import dev.altiplano.server.security.Admission;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/**
 * Counts, traces and logs every request once: those that the engine was asked for as the engine tells of their end, and those that did
 * not come so far. Thread-safe.
 */
@Component
public final class RequestObserver implements EngineObserver, AutoCloseable {

    private final RequestMetrics metrics;
    private final RequestLog log;
    private final Tracing tracing;
    private final LatestErrors errors;
    private final Map<String, Admission> admissions = new ConcurrentHashMap<>();

    RequestObserver(RequestMetrics metrics, RequestLog log, Tracing tracing, LatestErrors errors) {
        this.metrics = metrics;
        this.log = log;
        this.tracing = tracing;
        this.errors = errors;
    }

    /** A request to {@code route} came in; returns the span that it has here. Must be followed by its submission or by {@link #refused}. */
    public TraceContext arrived(String id, String route, Origin origin) {
        TraceContext trace = tracing.arrived(id, route, origin);
        log.arrived(id, new Origin(origin.requestId(), trace, origin.address(), origin.key()));
        return trace;
    }

    /** It counts for its caller until it has ended. */
    public void admitted(String id, Admission admission) {
        admissions.put(id, admission);
    }

    /** The tokens that count for a caller: prompt and completion. */
    public static long tokens(Usage usage) {
        return (long) usage.promptTokens() + usage.completionTokens();
    }

    /** It was refused before the engine was asked, {@code nanos} after it arrived. */
    public void refused(String id, String reason, long nanos) {
        ended(RequestSummary.rejected(id, reason, nanos));
    }

    /** A request that may generate so many tokens for each choice was submitted. */
    public void submitted(int maxTokens) {
        metrics.submitted(maxTokens);
    }

    /** A request was refused; {@code code} is the error's. */
    public void countRefusal(String code) {
        metrics.refused(code);
    }

    /** A request did not end before its deadline: the client's own, or the service's. */
    public void countTimeout(boolean clientsDeadline) {
        metrics.timedOut(clientsDeadline);
    }

    @Override
    public void started(long queueNanos) {
        metrics.started(queueNanos);
    }

    @Override
    public void firstToken(String id, long nanos) {
        tracing.measure(id, () -> metrics.firstToken(nanos));
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
        Admission admission = admissions.remove(summary.id());
        if (admission != null) {
            admission.end(tokens(summary.usage()));
        }
        tracing.measure(summary.id(), () -> metrics.ended(summary));
        tracing.ended(summary);
        log.ended(summary);
        errors.ended(summary);
    }

    @Override
    public void close() {
        log.close();
    }
}
