package dev.altiplano.server.api;

import dev.altiplano.server.api.error.ApiException;
import dev.altiplano.server.config.AltiplanoProperties;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The deadline that a client or a gateway sets by the header {@code X-Request-Timeout}, in seconds. */
final class RequestTimeout {

    private static final String HEADER = "X-Request-Timeout";

    private RequestTimeout() {}

    static @Nullable Duration of(HttpServletRequest request, AltiplanoProperties properties) {
        String value = request.getHeader(HEADER);
        if (value == null) {
            return null;
        }
        Duration max = properties.queue().maxTimeout();
        if (value.matches("[0-9]{1,9}(\\.[0-9]{1,9})?")) {
            Duration timeout = Duration.ofNanos((long) (Double.parseDouble(value) * 1e9));
            if (timeout.isPositive() && timeout.compareTo(max) <= 0) {
                return timeout;
            }
        }
        throw ApiException.invalid(
                HEADER, HEADER + " must be seconds, more than 0 and at most " + max.toSeconds() + ", not " + value);
    }
}
