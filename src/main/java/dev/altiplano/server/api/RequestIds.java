package dev.altiplano.server.api;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.UUID;
import org.slf4j.MDC;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** Takes {@code x-request-id} from the client, or makes one, and gives it back with the answer and to the log. */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
final class RequestIds extends OncePerRequestFilter {

    private static final String HEADER = "x-request-id";
    private static final String ATTRIBUTE = RequestIds.class.getName();
    private static final int MOST_CHARACTERS = 128;

    /** The id of {@code request}. */
    static String of(HttpServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof String id ? id : "";
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String given = request.getHeader(HEADER);
        String id = given == null ? "" : clean(given);
        if (id.isEmpty()) {
            id = "req_" + UUID.randomUUID().toString().replace("-", "");
        }
        request.setAttribute(ATTRIBUTE, id);
        response.setHeader(HEADER, id);
        String trace = TraceContext.traceId(request);
        try (MDC.MDCCloseable requestScope = MDC.putCloseable("request_id", id);
                MDC.MDCCloseable traceScope = trace.isEmpty() ? null : MDC.putCloseable("trace.id", trace)) {
            chain.doFilter(request, response);
        }
    }

    /** What may stand in a header and in a log line. */
    private static String clean(String given) {
        StringBuilder id = new StringBuilder();
        for (int i = 0; i < given.length() && id.length() < MOST_CHARACTERS; i++) {
            char c = given.charAt(i);
            if (c < 0x80 && (Character.isLetterOrDigit(c) || "-_.:/=+@".indexOf(c) >= 0)) {
                id.append(c);
            }
        }
        return id.toString();
    }
}
