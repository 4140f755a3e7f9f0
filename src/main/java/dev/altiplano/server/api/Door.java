package dev.altiplano.server.api;

import dev.altiplano.engine.Engine;
import dev.altiplano.engine.RefusedException;
import dev.altiplano.server.config.EngineState;
import dev.altiplano.server.ops.Origin;
import dev.altiplano.server.ops.Requests;
import dev.altiplano.server.security.Caller;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses completions that there is no room for before anything is done for them: no body is read and no controller looked for.
 * Stands behind {@link ApiKeyFilter}: a stranger is not told how busy the service is. What gets in here may still be refused by
 * the engine, which alone hands out places.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 20)
final class Door extends OncePerRequestFilter {

    private final Rehearsal rehearsal;
    private final Failures failures;

    Door(Rehearsal rehearsal, Failures failures) {
        this.rehearsal = rehearsal;
        this.failures = failures;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Stage stage = rehearsal.stage(request);
        ApiException refusal = asksForACompletion(request) ? refusal(stage.engine()) : null;
        try {
            if (refusal == null) {
                chain.doFilter(request, response);
            } else {
                count(stage.requests(), request, refusal);
                ErrorWriter.write(response, refusal);
            }
        } finally {
            rehearsal.hide(request);
        }
    }

    private static void count(Requests requests, HttpServletRequest request, ApiException refusal) {
        String id = newId();
        requests.arrived(id, origin(request));
        requests.refused(id, refusal.text(), 0);
    }

    /** An id for a completion. */
    static String newId() {
        return "cmpl-" + UUID.randomUUID().toString().replace("-", "");
    }

    /** Where {@code request} comes from. */
    static Origin origin(HttpServletRequest request) {
        return new Origin(
                RequestIds.of(request),
                RequestIds.trace(request),
                request.getRemoteAddr(),
                Caller.of(request).key());
    }

    private static boolean asksForACompletion(HttpServletRequest request) {
        return request.getMethod().equals("POST") && request.getServletPath().equals(CompletionController.PATH);
    }

    private @Nullable ApiException refusal(EngineState state) {
        if (state instanceof EngineState.Ready(Engine engine)) {
            RefusedException refused = engine.refusal();
            return refused == null ? null : failures.of(refused);
        }
        return failures.of(state);
    }
}
