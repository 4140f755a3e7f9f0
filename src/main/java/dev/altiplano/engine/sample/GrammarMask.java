package dev.altiplano.engine.sample;

import dev.altiplano.engine.grammar.GrammarMatcher;
import java.lang.foreign.MemorySegment;

/** Leaves the tokens that a grammar allows next, and the model's ends only where the text may end. */
public final class GrammarMask implements LogitsProcessor {

    private final GrammarMatcher matcher;

    public GrammarMask(GrammarMatcher matcher) {
        this.matcher = matcher;
    }

    /** Where the sequence stands in its grammar. */
    public GrammarMatcher matcher() {
        return matcher;
    }

    @Override
    public void apply(MemorySegment logits, long offsetBytes) {
        if (matcher.isStuck()) {
            throw new IllegalStateException(
                    "no token of the vocabulary can go on with the text that the grammar allows");
        }
        matcher.mask().applyTo(logits, offsetBytes);
    }

    @Override
    public void accept(int token) {
        if (!matcher.accept(token)) {
            throw new IllegalStateException("token " + token + " was chosen though the grammar does not allow it");
        }
    }

    @Override
    public void rollBack(int count) {
        matcher.rollBack(count);
    }
}
