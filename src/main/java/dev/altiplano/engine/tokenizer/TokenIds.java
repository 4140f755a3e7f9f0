package dev.altiplano.engine.tokenizer;

/** The check that every id from outside goes through. */
final class TokenIds {

    private TokenIds() {}

    /** {@code id}, if it is one of the vocabulary's; throws {@link IndexOutOfBoundsException} otherwise. */
    static int checked(int id, int vocabularySize) {
        if (id < 0 || id >= vocabularySize) {
            throw new IndexOutOfBoundsException(
                    "token id " + id + " is outside the vocabulary, valid are 0 to " + (vocabularySize - 1));
        }
        return id;
    }
}
