package dev.altiplano.engine.tokenizer.vocabulary;

import dev.altiplano.engine.tokenizer.TokenizerException;

/** The checks that every vocabulary and every id from outside go through. */
public final class TokenIds {

    /** Four times the largest known vocabulary; bounds the memory for a hostile file. */
    private static final int LARGEST_VOCABULARY = 1 << 20;

    private TokenIds() {}

    /** Throws {@link TokenizerException} for a vocabulary without ids or with too many. */
    public static void checkSize(int vocabularySize) {
        if (vocabularySize < 1 || vocabularySize > LARGEST_VOCABULARY) {
            throw new TokenizerException(
                    "the vocabulary has " + vocabularySize + " ids, allowed are 1 to " + LARGEST_VOCABULARY);
        }
    }

    /** {@code id}, if it is one of the vocabulary's; throws {@link IndexOutOfBoundsException} otherwise. */
    public static int checked(int id, int vocabularySize) {
        if (id < 0 || id >= vocabularySize) {
            throw new IndexOutOfBoundsException(
                    "token id " + id + " is outside the vocabulary, valid are 0 to " + (vocabularySize - 1));
        }
        return id;
    }
}
