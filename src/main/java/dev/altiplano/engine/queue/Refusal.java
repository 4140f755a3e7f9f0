package dev.altiplano.engine.queue;

/** Why a request may not wait. */
public enum Refusal {
    /** As many requests wait as may. */
    FULL,
    /** As many prompt tokens wait as may. */
    TOKENS_FULL,
    /** Nothing more is taken in. */
    CLOSED
}
