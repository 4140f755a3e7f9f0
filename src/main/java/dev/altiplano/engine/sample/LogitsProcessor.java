package dev.altiplano.engine.sample;

import java.lang.foreign.MemorySegment;

/**
 * A change to the logits of one sequence before a token is chosen: a bias, a penalty, a mask. Processors of a sequence are applied
 * in their order; each remembers what it needs of the tokens so far. Belongs to the engine thread.
 */
public interface LogitsProcessor {

    /**
     * Changes a row.
     *
     * @param logits F32 [rows, vocabulary]
     * @param offsetBytes where the row begins
     */
    void apply(MemorySegment logits, long offsetBytes);

    /** A token was added to the completion. */
    default void accept(int token) {}

    /** The last {@code count} accepted tokens are taken back. */
    default void rollBack(int count) {}
}
