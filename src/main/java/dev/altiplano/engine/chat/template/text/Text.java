package dev.altiplano.engine.chat.template.text;

import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A string of the template language that knows for each character whether it is trusted (written by the template) or came
 * from the request. Equality is that of the characters alone. Positions are UTF-16 units unless a method says code points.
 */
public final class Text {

    private static final int[] NONE = {};
    public static final Text EMPTY = trusted("");

    private final String string;
    private final boolean firstTrusted;
    /** Positions at which trust changes, ascending, inside the string. */
    private final int[] flips;

    Text(String string, boolean firstTrusted, int[] flips) {
        this.string = string;
        this.firstTrusted = firstTrusted;
        this.flips = flips;
    }

    public static Text trusted(String string) {
        return new Text(string, true, NONE);
    }

    public static Text untrusted(String string) {
        return new Text(string, false, NONE);
    }

    public static Text of(String string, boolean trusted) {
        return new Text(string, trusted, NONE);
    }

    public String string() {
        return string;
    }

    public int length() {
        return string.length();
    }

    public boolean isEmpty() {
        return string.isEmpty();
    }

    public boolean isTrusted() {
        return firstTrusted && flips.length == 0;
    }

    public boolean firstTrusted() {
        return firstTrusted;
    }

    /** Positions at which trust changes; not to be written to. */
    public int[] flips() {
        return flips;
    }

    /** The number of characters as Python counts them. */
    public int codePoints() {
        return string.codePointCount(0, string.length());
    }

    /** The position of a code point. */
    public int offset(int codePoint) {
        return codePoints() == string.length() ? codePoint : string.offsetByCodePoints(0, codePoint);
    }

    public Text substring(int from, int end) {
        if (from == 0 && end == string.length()) {
            return this;
        }
        String part = string.substring(from, end);
        if (flips.length == 0) {
            return new Text(part, firstTrusted, NONE);
        }
        boolean trusted = firstTrusted;
        int[] kept = new int[flips.length];
        int count = 0;
        for (int flip : flips) {
            if (flip <= from) {
                trusted = !trusted;
            } else if (flip < end) {
                kept[count++] = flip - from;
            }
        }
        return new Text(part, trusted, Arrays.copyOf(kept, count));
    }

    /** The text after a change of letters that says nothing of where each came from: where the length differs, none is trusted. */
    public Text changed(UnaryOperator<String> change) {
        String result = change.apply(string);
        if (flips.length == 0) {
            return new Text(result, firstTrusted, NONE);
        }
        return result.length() == string.length() ? new Text(result, firstTrusted, flips) : untrusted(result);
    }

    /** Without what {@code isStripped} holds for at the ends asked for. */
    public Text strip(@Nullable String characters, boolean left, boolean right) {
        int from = 0;
        int end = string.length();
        while (left && from < end) {
            int c = string.codePointAt(from);
            if (!(characters == null ? Characters.isSpace(c) : characters.indexOf(c) >= 0)) {
                break;
            }
            from += Character.charCount(c);
        }
        while (right && end > from) {
            int c = string.codePointBefore(end);
            if (!(characters == null ? Characters.isSpace(c) : characters.indexOf(c) >= 0)) {
                break;
            }
            end -= Character.charCount(c);
        }
        return substring(from, end);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Text text && text.string.equals(string);
    }

    @Override
    public int hashCode() {
        return string.hashCode();
    }

    @Override
    public String toString() {
        return string;
    }
}
