package dev.altiplano.server.security;

import java.time.Duration;

/** A request beyond what its key may take at the moment. */
public final class LimitException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient Duration retryAfter;

    LimitException(String message, Duration retryAfter) {
        super(message, null, false, false);
        this.retryAfter = retryAfter;
    }

    /** When another try may be admitted. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
