package dev.altiplano.engine.grammar;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The tokens that may come next, a bit for each token of the vocabulary. Immutable. */
public final class TokenMask {

    private final long[] words;
    private final int vocabularySize;

    TokenMask(long[] words, int vocabularySize) {
        this.words = words;
        this.vocabularySize = vocabularySize;
    }

    public boolean allows(int token) {
        return token >= 0 && token < vocabularySize && (words[token >>> 6] >>> token & 1) != 0;
    }

    /** How many tokens are allowed. */
    public int count() {
        int count = 0;
        for (long word : words) {
            count += Long.bitCount(word);
        }
        return count;
    }

    /** Whether no token at all is allowed: the vocabulary lacks a token for every byte that the grammar could take. */
    public boolean isEmpty() {
        for (long word : words) {
            if (word != 0) {
                return false;
            }
        }
        return true;
    }

    /** Whether every token that is allowed is one of {@code ids}, each of which is named once. */
    public boolean allowsOnly(int[] ids) {
        int among = 0;
        for (int id : ids) {
            among += allows(id) ? 1 : 0;
        }
        return among == count();
    }

    /** The first allowed token from {@code from} on; -1 if there is none. */
    public int next(int from) {
        for (int i = from >>> 6; i < words.length; i++) {
            long word = i == from >>> 6 ? words[i] & -1L << from : words[i];
            if (word != 0) {
                return (i << 6) + Long.numberOfTrailingZeros(word);
            }
        }
        return -1;
    }

    public int vocabularySize() {
        return vocabularySize;
    }

    /** The bits of 64 tokens, from token {@code 64 * i} on. */
    public long word(int i) {
        return words[i];
    }

    public int wordCount() {
        return words.length;
    }

    /**
     * Sets the logits of all tokens that are not allowed to minus infinity.
     *
     * @param logits F32; a row of {@code vocabularySize} begins at {@code offsetBytes}
     */
    public void applyTo(MemorySegment logits, long offsetBytes) {
        for (int i = 0; i < words.length; i++) {
            long refused = ~words[i];
            int from = i << 6;
            int end = Math.min(64, vocabularySize - from);
            if (refused == -1L) {
                for (int bit = 0; bit < end; bit++) {
                    logits.set(
                            ValueLayout.JAVA_FLOAT_UNALIGNED, offsetBytes + 4L * (from + bit), Float.NEGATIVE_INFINITY);
                }
                continue;
            }
            while (refused != 0) {
                int bit = Long.numberOfTrailingZeros(refused);
                refused &= refused - 1;
                if (bit < end) {
                    logits.set(
                            ValueLayout.JAVA_FLOAT_UNALIGNED, offsetBytes + 4L * (from + bit), Float.NEGATIVE_INFINITY);
                }
            }
        }
    }
}
