package dev.altiplano.server.ops;

/**
 * Where a request comes from, for its log line.
 *
 * @param requestId the client's name for it
 * @param traceId the trace that it is part of, empty where there is none
 * @param key the name beside its API key, empty where none is needed
 */
public record Origin(String requestId, String traceId, String address, String key) {

    static final Origin UNKNOWN = new Origin("", "", "", "");
}
