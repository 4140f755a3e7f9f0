package dev.altiplano.server.api.filter;

import dev.altiplano.server.api.error.ApiException;
import dev.altiplano.server.api.error.ErrorWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** Headers that let pages load nothing from elsewhere, be framed by nobody, and no response be taken for what it is not; no TRACE. */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 5)
final class SecurityHeadersFilter extends OncePerRequestFilter {

    /** The page's own files and nothing else: no inline script or style, no plugin, no form that leaves, no text parsed as HTML. */
    private static final String CONTENT =
            "default-src 'self'; object-src 'none'; form-action 'none'; frame-ancestors 'none';"
                    + " base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        response.setHeader("Content-Security-Policy", CONTENT);
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("Referrer-Policy", "no-referrer");
        if (request.getMethod().equals("TRACE")) {
            // It would send back whatever headers a proxy has added, and nobody needs it.
            response.setHeader(HttpHeaders.ALLOW, "GET, HEAD, POST, OPTIONS");
            ErrorWriter.write(
                    response, ApiException.of(405, "method_not_allowed", null, "TRACE is not allowed anywhere"));
            return;
        }
        chain.doFilter(request, response);
    }
}
