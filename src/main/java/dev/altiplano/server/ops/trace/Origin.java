package dev.altiplano.server.ops.trace;

import jakarta.servlet.http.HttpServletRequest;

/**
 * Where a request comes from, for its log line and its spans.
 *
 * @param requestId the client's name for it
 * @param trace the span of the client's that it is part of
 * @param key the name beside its API key, empty where none is needed
 */
public record Origin(String requestId, TraceContext trace, String address, String key) {

    public static final Origin UNKNOWN = new Origin("", TraceContext.NONE, "", "");

    /** Where {@code request} comes from. */
    public static Origin of(HttpServletRequest request, String key) {
        return new Origin(RequestIdFilter.of(request), RequestIdFilter.trace(request), request.getRemoteAddr(), key);
    }
}
