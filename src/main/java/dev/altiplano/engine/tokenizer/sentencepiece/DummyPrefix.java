package dev.altiplano.engine.tokenizer.sentencepiece;

import java.util.Locale;

/** Where the space goes that a {@code tokenizer.model} puts in front. */
public enum DummyPrefix {
    /** In front of the text alone, as SentencePiece does, which knows no tokens in a text. */
    ONCE,
    /** In front of each stretch of text between tokens, as most converters of such files do. */
    EACH;

    /** As files write it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
