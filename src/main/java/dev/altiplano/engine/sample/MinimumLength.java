package dev.altiplano.engine.sample;

import dev.altiplano.engine.grammar.GrammarMatcher;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * End tokens that cannot be chosen before a completion has its minimum length. Where a grammar leaves nothing else, its text is
 * finished and ends before.
 */
public final class MinimumLength implements LogitsProcessor {

    private final int minTokens;
    private final int[] endIds;
    private final @Nullable GrammarMatcher matcher;
    private int length;

    /**
     * @param endIds tokens that would end the completion, each once and inside the vocabulary
     * @param matcher stands where the completion does in its grammar; null where it has none
     */
    public MinimumLength(int minTokens, int[] endIds, @Nullable GrammarMatcher matcher) {
        this.minTokens = minTokens;
        this.endIds = endIds.clone();
        this.matcher = matcher;
    }

    @Override
    public void apply(MemorySegment logits, long offsetBytes) {
        if (length >= minTokens || matcher != null && matcher.mask().allowsOnly(endIds)) {
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
