package dev.altiplano.engine.tokenizer.rules;

/** Unicode's White_Space, all of whose members are single UTF-16 units. */
public final class Spaces {

    private Spaces() {}

    /** Whether {@code c} is white space. */
    public static boolean isSpace(char c) {
        return (c >= '\t' && c <= '\r') || c == 0x85 || Character.isSpaceChar(c);
    }
}
