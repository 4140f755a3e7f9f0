package dev.altiplano.server.page;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Has {@code /readyz} say, in the service's words, that the model is still being loaded, for as long as a test wants to look. */
final class HeldReadiness implements Filter {

    private volatile @Nullable String body;

    /** Says that loading has come so far. */
    void hold(String phase, int percent) {
        body = """
                {"status":"OUT_OF_SERVICE","components":{"readinessState":{"status":"UP"},\
                "model":{"status":"OUT_OF_SERVICE","details":{"phase":"%s","percent":%d}}}}""".formatted(phase, percent);
    }

    /** Lets the service speak for itself. */
    void release() {
        body = null;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        String held = body;
        if (held == null || !((HttpServletRequest) request).getRequestURI().equals("/readyz")) {
            chain.doFilter(request, response);
            return;
        }
        ((HttpServletResponse) response).setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
        response.setContentType("application/json");
        response.getWriter().write(held);
    }
}
