package dev.altiplano.engine;

/** Is told what the engine does, by the engine thread (refusals: by the submitting thread). Must return at once and never throw. */
public interface EngineObserver {

    /** Watches nothing. */
    EngineObserver NONE = new EngineObserver() {};

    /** A request's first sequence runs for the first time, {@code queueNanos} after submission. */
    default void started(long queueNanos) {}

    /** The first token of a choice of request {@code id} was sampled, {@code nanos} after submission. */
    default void firstToken(String id, long nanos) {}

    /** A choice's next token was sampled, {@code nanos} after the one before. */
    default void nextToken(long nanos) {}

    /** A step ran. */
    default void step(int promptRows, int generatedRows, long nanos) {}

    /** A request ended; called exactly once for each request that was submitted, refused ones included. */
    default void ended(RequestSummary summary) {}
}
