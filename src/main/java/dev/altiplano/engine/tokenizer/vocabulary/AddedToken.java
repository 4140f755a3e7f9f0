package dev.altiplano.engine.tokenizer.vocabulary;

import dev.altiplano.engine.tokenizer.TokenizerException;

/**
 * A token that is cut out of a text as a whole, before anything is merged.
 *
 * @param text how it is spelled
 * @param control whether it marks structure: it has no text, and only text that may hold control tokens becomes it
 * @param normalized whether it is looked for in the text after normalizing, where it is spelled as normalizing leaves it
 * @param stripsLeft whether it swallows the white space in front of it
 * @param stripsRight whether it swallows the white space behind it
 * @param singleWord whether it is found between characters that are not part of a word alone
 */
public record AddedToken(
        int id,
        String text,
        boolean control,
        boolean normalized,
        boolean stripsLeft,
        boolean stripsRight,
        boolean singleWord) {

    /** Far above any real token; bounds what a hostile file can make of one. */
    public static final int LONGEST_TEXT = 1 << 16;

    /** Throws {@link TokenizerException} for a token without text, or with too much of it. */
    public AddedToken {
        if (text.isEmpty() || text.length() > LONGEST_TEXT) {
            throw new TokenizerException(
                    "token " + id + " has " + text.length() + " characters, allowed are 1 to " + LONGEST_TEXT);
        }
    }

    /** The same token, looked for in the text as it is. */
    public AddedToken inRawText() {
        return new AddedToken(id, text, control, false, stripsLeft, stripsRight, singleWord);
    }

    public static AddedToken control(int id, String text) {
        return new AddedToken(id, text, true, false, false, false, false);
    }

    public static AddedToken userDefined(int id, String text) {
        return new AddedToken(id, text, false, false, false, false, false);
    }
}
