package dev.altiplano.engine.tokenizer.regex;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a program from which, at some place of a text, the rest of the text leads to an end. Shared sets know their
 * neighbours: they are the states of an automaton that reads a text backwards, built as far as texts have needed it. Fields
 * that are filled late are only ever filled with equal values, so threads need no lock to use them. A set that is not shared
 * is forgotten with the text that it was made for, and so holds nothing that lasts.
 */
final class LiveSet {

    private final long[] bits;
    /** [classes] the shared set one character further left; null in a set that is not shared. */
    final @Nullable LiveSet @Nullable [] before;
    /** [steps] the character step or end that a step leads to here, plus one; 0 where that is not known yet. Null as above. */
    final int @Nullable [] choices;

    /** A set that is not shared. */
    LiveSet(long[] bits) {
        this.bits = bits;
        before = null;
        choices = null;
    }

    private LiveSet(long[] bits, int classes, int steps) {
        this.bits = bits;
        before = new @Nullable LiveSet[classes];
        choices = new int[steps];
    }

    /** The same set, to be shared. */
    LiveSet shared(int classes, int steps) {
        return new LiveSet(bits, classes, steps);
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
