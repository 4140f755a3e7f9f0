package dev.altiplano.engine;

/** Why a choice ended. */
public enum FinishReason {
    /** The model ended it, or a stop sequence appeared. */
    STOP,
    /** {@code maxTokens} or the context's end was reached. */
    LENGTH
}
