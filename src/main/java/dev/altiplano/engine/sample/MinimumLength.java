package dev.altiplano.engine.sample;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** End tokens that cannot be chosen before a completion has its minimum length. */
public final class MinimumLength implements LogitsProcessor {

    private final int minTokens;
    private final int[] endIds;
    private int length;

    /** @param endIds tokens that would end the completion, each inside the vocabulary */
    public MinimumLength(int minTokens, int[] endIds) {
        this.minTokens = minTokens;
        this.endIds = endIds.clone();
    }

    @Override
    public void apply(MemorySegment logits, long offsetBytes) {
        if (length >= minTokens) {
            return;
        }
        for (int id : endIds) {
            logits.set(ValueLayout.JAVA_FLOAT, offsetBytes + 4L * id, Float.NEGATIVE_INFINITY);
        }
    }

    @Override
    public void accept(int token) {
        length++;
    }

    @Override
    public void rollBack(int count) {
        length -= count;
    }
}
