package dev.altiplano.server.api.body;

import dev.altiplano.server.api.error.ApiException;
import java.time.Duration;

/**
 * How slowly a body may come.
 *
 * @param timeout in which all of it must be there
 * @param minBytesPerSecond on average, once its beginning is over; 0 is no minimum
 */
record BodyPace(Duration timeout, long minBytesPerSecond) {

    private static final double NANOS_PER_SECOND = 1e9;
    /** A sender may take so long before its rate counts: connections begin slowly. */
    private static final double GRACE_SECONDS = 5;

    /** Throws {@link ApiException} 408 where {@code bytes} after {@code nanos} are too few. */
    void require(long bytes, long nanos) {
        if (nanos > timeout.toNanos()) {
            throw ApiException.of(
                    408,
                    "body_timeout",
                    null,
                    "The body was not complete after " + timeout.toSeconds() + " s (altiplano.api.body-timeout)");
        }
        double seconds = nanos / NANOS_PER_SECOND;
        if (seconds > GRACE_SECONDS && bytes < (seconds - GRACE_SECONDS) * minBytesPerSecond) {
            throw ApiException.of(
                    408,
                    "body_too_slow",
                    null,
                    "The body comes slower than " + minBytesPerSecond
                            + " bytes per second (altiplano.api.min-body-rate)");
        }
    }
}
