package dev.altiplano.server.ops.trace;

import dev.altiplano.engine.RequestSummary;

/** Makes spans of requests, or does not. Thread-safe; returns at once. */
public interface Tracing extends AutoCloseable {

    /** No spans; log lines have the client's trace, where it sent one. */
    Tracing NONE = new Tracing() {
        @Override
        public TraceContext arrived(String id, String route, Origin origin) {
            return new TraceContext(origin.trace().traceId(), "", origin.trace().sampled());
        }

        @Override
        public void measure(String id, Runnable recording) {
            recording.run();
        }

        @Override
        public void ended(RequestSummary summary) {}

        @Override
        public void close() {}
    };

    /** A request to {@code route} came in; returns the span that it has here. Must be followed by {@link #ended}. */
    TraceContext arrived(String id, String route, Origin origin);

    /** Runs {@code recording}, which records metrics of a request that has not ended here yet, within the request's span. */
    void measure(String id, Runnable recording);

    /** It ended. */
    void ended(RequestSummary summary);

    @Override
    void close();
}
