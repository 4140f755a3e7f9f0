package dev.altiplano.engine;

import java.time.Duration;

/** A request that was not accepted though there is nothing wrong with it. */
public final class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** Why. */
    public enum Reason {
        /** As many requests wait as may. */
        QUEUE_FULL,
        /** As many prompt tokens wait as may. */
        QUEUE_TOKENS_FULL,
        /** The engine is stopping. */
        DRAINING
    }

    private final Reason reason;
    private final transient Duration retryAfter;

    public RefusedException(Reason reason, String message, Duration retryAfter) {
        super(message, null, false, false);
        this.reason = reason;
        this.retryAfter = retryAfter;
    }

    public Reason reason() {
        return reason;
    }

    /** When another try is likely to be accepted. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
