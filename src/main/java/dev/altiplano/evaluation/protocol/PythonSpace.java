package dev.altiplano.evaluation.protocol;

/** White space as Python's texts and patterns know it. */
final class PythonSpace {

    private PythonSpace() {}

    static boolean is(int c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == 0x85;
    }

    static boolean startsWith(String text) {
        return !text.isEmpty() && is(text.codePointAt(0));
    }

    static boolean endsWith(String text) {
        return !text.isEmpty() && is(text.codePointBefore(text.length()));
    }

    /** Where the white space at the end begins. */
    static int trailing(String text) {
        int end = text.length();
        while (end > 0 && is(text.codePointBefore(end))) {
            end -= Character.charCount(text.codePointBefore(end));
        }
        return end;
    }

    /** Parts that {@code re.split(r"\s+", text)} gives. */
    static int parts(String text) {
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
    static String joined(String first, String second, String delimiter) {
        if (first.isEmpty() || second.isEmpty()) {
            return first + second;
        }
        return endsWith(first) || startsWith(second) ? first + second : first + delimiter + second;
    }
}
