package dev.altiplano.engine.tokenizer;

/**
 * Decodes one stream of tokens piece by piece: the concatenation of all that {@link #append} and {@link #finish} return is
 * what {@link Tokenizer#decode} returns for the whole. Belongs to one thread.
 */
public interface Detokenizer {

    /**
     * The text that {@code id} completes; empty while a character's bytes are incomplete. Throws
     * {@link IndexOutOfBoundsException} for an id outside the vocabulary.
     */
    String append(int id);

    /** Whether a space at the beginning of the next token only marks the beginning of the text, and is left out. */
    default boolean dropsSpace() {
        return false;
    }

    /** What is still held back: U+FFFD for each byte of an incomplete character. */
    String finish();
}
