package dev.altiplano.server.ops.trace;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** Takes {@code x-request-id} from the client, or makes one, and gives it back with the answer and to the log. */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
public final class RequestIdFilter extends OncePerRequestFilter {

    /** Where a request and its response carry the id. */
    public static final String HEADER = "x-request-id";

    private static final String ATTRIBUTE = RequestIdFilter.class.getName();
    private static final String TRACE = "trace.id";
    private static final String SPAN = "span.id";
    private static final int MAX_CHARACTERS = 128;

    /** The id of {@code request}. */
    static String of(HttpServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof String id ? id : "";
    }

    /** The client's span that {@code request} is part of. */
    static TraceContext trace(HttpServletRequest request) {
        return TraceContext.of(request.getHeader("traceparent"));
    }

    /** What this thread logs until the request ends is part of this span. */
    public static void log(TraceContext trace) {
        log(trace.traceId(), trace.spanId());
    }

    private static void log(String traceId, String spanId) {
        if (!traceId.isEmpty()) {
            MDC.put(TRACE, traceId);
        }
        if (!spanId.isEmpty()) {
            MDC.put(SPAN, spanId);
        }
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String given = request.getHeader(HEADER);
        String id = given == null ? "" : clean(given);
        if (id.isEmpty()) {
            id = newId();
        }
        request.setAttribute(ATTRIBUTE, id);
        response.setHeader(HEADER, id);
        try (MDC.MDCCloseable requestScope = MDC.putCloseable("request_id", id)) {
            log(trace(request).traceId(), "");
            chain.doFilter(request, response);
        } finally {
            MDC.remove(TRACE);
            MDC.remove(SPAN);
        }
    }

    /** Names {@code request} as its body does, unless a header has done so; its log line keeps the name that it arrived with. */
    public static void name(HttpServletRequest request, HttpServletResponse response, @Nullable String name) {
        String id = name == null || request.getHeader(HEADER) != null ? "" : clean(name);
        if (!id.isEmpty()) {
            request.setAttribute(ATTRIBUTE, id);
            response.setHeader(HEADER, id);
        }
    }

    /** An id for a request that brought none. */
    public static String newId() {
        return "req_" + UUID.randomUUID().toString().replace("-", "");
    }

    /** What may stand in a header and in a log line. */
    private static String clean(String given) {
        StringBuilder id = new StringBuilder();
        for (int i = 0; i < given.length() && id.length() < MAX_CHARACTERS; i++) {
            char c = given.charAt(i);
            if (c < 0x80 && (Character.isLetterOrDigit(c) || "-_.:/=+@".indexOf(c) >= 0)) {
                id.append(c);
            }
        }
        return id.toString();
    }
}
