package dev.altiplano.evaluation.task;

/** White space as Python's texts and patterns know it. */
public final class PythonSpace {

    /** The same for a character class of a pattern. */
    public static final String CLASS =
            "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";

    private PythonSpace() {}

    private static boolean is(int c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == 0x85;
    }

    /** Whether the first character is white space. */
    public static boolean startsWith(String text) {
        return !text.isEmpty() && is(text.codePointAt(0));
    }

    /** Whether the last character is white space. */
    public static boolean endsWith(String text) {
        return !text.isEmpty() && is(text.codePointBefore(text.length()));
    }

    /** Where the white space at the end begins. */
    public static int trailing(String text) {
        int end = text.length();
        while (end > 0 && is(text.codePointBefore(end))) {
            end -= Character.charCount(text.codePointBefore(end));
        }
        return end;
    }

    /** What {@code text.strip()} gives. */
    public static String strip(String text) {
        int end = trailing(text);
        int start = 0;
        while (start < end && is(text.codePointAt(start))) {
            start += Character.charCount(text.codePointAt(start));
        }
        return text.substring(start, end);
    }

    /** Parts that {@code re.split(r"\s+", text)} gives. */
    public static int parts(String text) {
        int parts = 1;
        boolean inside = false;
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            boolean space = is(text.codePointAt(i));
            parts += space && !inside ? 1 : 0;
            inside = space;
        }
        return parts;
    }

    /** Both, with {@code delimiter} between them where neither has white space there. */
    public static String joined(String first, String second, String delimiter) {
        if (first.isEmpty() || second.isEmpty()) {
            return first + second;
        }
        return endsWith(first) || startsWith(second) ? first + second : first + delimiter + second;
    }
}
