package dev.altiplano.server.api.filter;

import dev.altiplano.server.api.error.ApiException;
import dev.altiplano.server.api.error.ErrorWriter;
import dev.altiplano.server.config.AltiplanoProperties;
import dev.altiplano.server.security.ApiKeys;
import dev.altiplano.server.security.Caller;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Where keys are configured, asks for one on every route but health, the start page and, unless told otherwise, metrics; routes that are added
 * later are guarded without anybody thinking of it.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 10)
final class ApiKeyFilter extends OncePerRequestFilter {

    private static final String CHALLENGE = "Bearer realm=\"altiplano\"";
    /** The start page, which asks for the key itself, and what it loads. */
    private static final Pattern PAGE = Pattern.compile("/((page/)?[A-Za-z0-9_-]+\\.(html|js|css|svg|ico))?");

    private static final Set<String> HEALTH =
            Set.of("/health", "/health/liveness", "/health/readiness", "/livez", "/readyz");

    private final ApiKeys keys;
    private final boolean openMetrics;
    private final String actuator;

    ApiKeyFilter(ApiKeys keys, AltiplanoProperties properties, WebEndpointProperties endpoints) {
        this.keys = keys;
        openMetrics = properties.api().openMetrics();
        actuator = endpoints.getBasePath();
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (keys.required() && !open(request)) {
            List<String> given = Collections.list(request.getHeaders(HttpHeaders.AUTHORIZATION));
            @Nullable Caller caller = given.size() == 1 ? keys.caller(given.getFirst()) : null;
            if (caller == null) {
                refuse(response, given.isEmpty());
                return;
            }
            caller.attach(request);
        }
        chain.doFilter(request, response);
    }

    /**
     * Whether anyone may ask. Decides on the path as the container has parsed it, and only where that is what was sent, letter
     * for letter: what one parser takes for health and another for something else is guarded.
     */
    private boolean open(HttpServletRequest request) {
        String method = request.getMethod();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            return false;
        }
        String rest = request.getPathInfo();
        String path = request.getServletPath() + (rest == null ? "" : rest);
        if (!request.getRequestURI().equals(request.getContextPath() + path)) {
            return false;
        }
        return HEALTH.contains(path)
                || PAGE.matcher(path).matches()
                || (openMetrics && (path.equals("/metrics") || path.equals(actuator + "/prometheus")))
                || (path.startsWith(actuator + "/health")
                        && path.substring(actuator.length()).matches("/health(/[A-Za-z0-9_-]+)*"));
    }

    private static void refuse(HttpServletResponse response, boolean missing) throws IOException {
        response.setHeader(HttpHeaders.WWW_AUTHENTICATE, missing ? CHALLENGE : CHALLENGE + ", error=\"invalid_token\"");
        ErrorWriter.write(
                response,
                ApiException.of(
                        401,
                        "invalid_api_key",
                        null,
                        missing
                                ? "An API key is needed, in the header Authorization: Bearer KEY"
                                : "The API key is not valid"));
    }
}
