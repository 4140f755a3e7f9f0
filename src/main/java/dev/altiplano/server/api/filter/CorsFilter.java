package dev.altiplano.server.api.filter;

import dev.altiplano.server.api.error.ApiException;
import dev.altiplano.server.api.error.ErrorWriter;
import dev.altiplano.server.config.AltiplanoProperties;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.http.server.ServletServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.CorsUtils;
import org.springframework.web.cors.DefaultCorsProcessor;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Lets browsers hand responses to pages of other origins, those that are configured; without any it allows none. Stands before {@link
 * ApiKeyFilter}: browsers ask beforehand, without a key. No cookies are used, so none are allowed.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 7)
final class CorsFilter extends OncePerRequestFilter {

    private static final Duration ASK_AGAIN_AFTER = Duration.ofHours(1);

    private final @Nullable CorsConfiguration configuration;
    private final Processor processor = new Processor();

    CorsFilter(AltiplanoProperties properties) {
        List<String> origins = properties.api().corsOrigins();
        if (origins.isEmpty()) {
            configuration = null;
            return;
        }
        configuration = new CorsConfiguration();
        configuration.setAllowedOrigins(origins);
        configuration.setAllowedMethods(List.of("GET", "POST"));
        configuration.setAllowedHeaders(List.of(CorsConfiguration.ALL));
        configuration.setExposedHeaders(List.of("x-request-id", "x-should-retry", "Retry-After"));
        configuration.setMaxAge(ASK_AGAIN_AFTER);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (configuration == null) {
            chain.doFilter(CorsUtils.isPreFlightRequest(request) ? new PlainOptions(request) : request, response);
        } else if (processor.allows(configuration, request, response) && !CorsUtils.isPreFlightRequest(request)) {
            chain.doFilter(request, response);
        }
    }

    /** What a browser asks beforehand, as any OPTIONS: the routes say what they allow, where Spring alone would allow every method. */
    private static final class PlainOptions extends HttpServletRequestWrapper {

        PlainOptions(HttpServletRequest request) {
            super(request);
        }

        @Override
        public @Nullable String getHeader(String name) {
            return name.equalsIgnoreCase(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD) ? null : super.getHeader(name);
        }
    }

    private static final class Processor extends DefaultCorsProcessor {

        boolean allows(CorsConfiguration configuration, HttpServletRequest request, HttpServletResponse response)
                throws IOException {
            response.addHeader("Vary", "Origin");
            if (!CorsUtils.isCorsRequest(request)) {
                return true;
            }
            if (configuration.checkOrigin(request.getHeader("Origin")) == null) {
                ErrorWriter.write(
                        response,
                        ApiException.of(
                                403,
                                "origin_not_allowed",
                                null,
                                "Pages of this origin may not call the service (altiplano.api.cors-origins)"));
                return false;
            }
            return handleInternal(
                    new ServletServerHttpRequest(request),
                    new ServletServerHttpResponse(response),
                    configuration,
                    CorsUtils.isPreFlightRequest(request));
        }
    }
}
