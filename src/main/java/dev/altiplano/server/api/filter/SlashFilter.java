package dev.altiplano.server.api.filter;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.regex.Pattern;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Leaves out the slashes that a path below {@code /v1} has too many, at its end or in a row: clients whose base URL ends in a slash send
 * them. Stands behind {@link ApiKeyFilter}, which sees what was sent, and before {@link OverloadFilter} and the routes, for which
 * the request is like any other.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 15)
final class SlashFilter extends OncePerRequestFilter {

    private static final Pattern TOO_MANY = Pattern.compile("/+(?=/)|(?<=.)/+$");

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String context = request.getContextPath();
        String path = request.getRequestURI().substring(context.length());
        String plain = plain(path);
        if (plain.equals(path) || !plain.startsWith("/v1/")) {
            chain.doFilter(request, response);
        } else {
            chain.doFilter(new PlainRequest(request, context + plain), response);
        }
    }

    private static String plain(String path) {
        return TOO_MANY.matcher(path).replaceAll("");
    }

    /** A request as if its path had been sent without them. */
    private static final class PlainRequest extends HttpServletRequestWrapper {

        private final String uri;

        PlainRequest(HttpServletRequest request, String uri) {
            super(request);
            this.uri = uri;
        }

        @Override
        public String getRequestURI() {
            return uri;
        }

        @Override
        public StringBuffer getRequestURL() {
            StringBuffer url = super.getRequestURL();
            int end = url.length() - super.getRequestURI().length();
            return url.replace(end, url.length(), uri);
        }

        @Override
        public String getServletPath() {
            return plain(super.getServletPath());
        }
    }
}
