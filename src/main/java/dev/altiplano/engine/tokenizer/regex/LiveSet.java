package dev.altiplano.engine.tokenizer.regex;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a program from which, at some place of a text, the rest of the text leads to an end. Sets are shared and
 * know their neighbours: they are the states of an automaton that reads a text backwards, built as far as texts have
 * needed it. Fields that are filled late are only ever filled with equal values, so threads need no lock to use them.
 */
final class LiveSet {

    private final long[] bits;
    /** [classes] the set one character further left. */
    final @Nullable LiveSet[] before;
    /** [steps] the character step or end that a step leads to here, plus one; 0 where that is not known yet. */
    final int[] choices;

    LiveSet(long[] bits, int classes, int steps) {
        this.bits = bits;
        before = new @Nullable LiveSet[classes];
        choices = new int[steps];
    }

    boolean has(int step) {
        return (bits[step >> 6] & (1L << step)) != 0;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof LiveSet set && Arrays.equals(bits, set.bits);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bits);
    }
}
