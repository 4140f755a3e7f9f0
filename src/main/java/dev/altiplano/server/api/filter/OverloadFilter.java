package dev.altiplano.server.api.filter;

import dev.altiplano.engine.Engine;
import dev.altiplano.engine.RefusedException;
import dev.altiplano.server.api.GenerationEndpoint;
import dev.altiplano.server.api.GenerationService;
import dev.altiplano.server.api.error.ApiException;
import dev.altiplano.server.api.error.ErrorMapper;
import dev.altiplano.server.api.error.ErrorWriter;
import dev.altiplano.server.lifecycle.EngineLifecycle;
import dev.altiplano.server.lifecycle.EngineState;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses requests to generate that there is no room for before anything is done for them: no body is read and no controller looked for.
 * Stands behind {@link ApiKeyFilter}: a stranger is not told how busy the service is. What gets in here may still be refused by
 * the engine, which alone hands out places.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 20)
final class OverloadFilter extends OncePerRequestFilter {

    private final EngineLifecycle lifecycle;
    private final GenerationService service;
    private final ErrorMapper errors;
    private final Map<String, GenerationEndpoint<?>> endpoints;

    OverloadFilter(
            EngineLifecycle lifecycle,
            GenerationService service,
            ErrorMapper errors,
            ObjectProvider<GenerationEndpoint<?>> endpoints) {
        this.lifecycle = lifecycle;
        this.service = service;
        this.errors = errors;
        this.endpoints = endpoints.stream().collect(Collectors.toMap(GenerationEndpoint::path, Function.identity()));
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        GenerationEndpoint<?> endpoint =
                request.getMethod().equals("POST") ? endpoints.get(request.getServletPath()) : null;
        ApiException refusal = endpoint == null ? null : refusal(lifecycle.state());
        if (endpoint == null || refusal == null) {
            chain.doFilter(request, response);
        } else {
            service.refused(endpoint, request, refusal);
            ErrorWriter.write(response, refusal);
        }
    }

    private @Nullable ApiException refusal(EngineState state) {
        if (state instanceof EngineState.Ready(Engine engine)) {
            RefusedException refused = engine.refusal();
            return refused == null ? null : errors.of(refused);
        }
        return errors.of(state);
    }
}
