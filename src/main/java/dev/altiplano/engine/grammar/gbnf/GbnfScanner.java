package dev.altiplano.engine.grammar.gbnf;

import dev.altiplano.engine.grammar.limit.GrammarException;

/** The text of a grammar, character by character. */
final class GbnfScanner {

    private static final int END = -1;

    private final String text;
    private int position;

    GbnfScanner(String text) {
        this.text = text;
    }

    boolean atEnd() {
        return position >= text.length();
    }

    boolean atLineEnd() {
        return peek() == '\n' || peek() == '\r';
    }

    /** The next character; -1 at the end. */
    int peek() {
        return atEnd() ? END : text.codePointAt(position);
    }

    int peekSecond() {
        int after = position + 1;
        return after >= text.length() ? END : text.codePointAt(after);
    }

    int next() {
        if (atEnd()) {
            throw new GrammarException("the grammar ends too early");
        }
        int c = text.codePointAt(position);
        position += Character.charCount(c);
        return c;
    }

    boolean take(int wanted) {
        if (peek() == wanted) {
            position++;
            return true;
        }
        return false;
    }

    void expect(String wanted) {
        if (!text.startsWith(wanted, position)) {
            throw new GrammarException("expected \"" + wanted + "\""
                    + (atEnd() ? " before the end" : " instead of \"" + Character.toString(peek()) + "\""));
        }
        position += wanted.length();
    }

    /** Skips spaces and comments, and ends of lines where a rule goes on over them. */
    void skipSpace(boolean overLines) {
        while (!atEnd()) {
            int c = peek();
            if (c == '#') {
                while (!atEnd() && !atLineEnd()) {
                    position++;
                }
            } else if (c == ' ' || c == '\t' || overLines && atLineEnd()) {
                position++;
            } else {
                return;
            }
        }
    }

    static boolean isNameChar(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_';
    }

    String name() {
        int from = position;
        while (isNameChar(peek())) {
            position++;
        }
        if (from == position) {
            throw new GrammarException("expected the name of a rule"
                    + (atEnd() ? "" : " instead of \"" + Character.toString(peek()) + "\""));
        }
        return text.substring(from, position);
    }

    /** A character of a literal or a class, with its escape resolved. */
    int character() {
        int c = next();
        if (c != '\\') {
            return c;
        }
        int escaped = next();
        return switch (escaped) {
            case 'x' -> hex(2);
            case 'u' -> hex(4);
            case 'U' -> hex(8);
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case '\\', '"', '[', ']', '-', '^', '/' -> escaped;
            default ->
                throw new GrammarException("the escape \\" + Character.toString(escaped)
                        + " is not known; there are \\n \\r \\t \\\\ \\\" \\[ \\] \\x41 \\u0041 \\U00000041");
        };
    }

    private int hex(int digits) {
        long value = 0;
        for (int i = 0; i < digits; i++) {
            int digit = Character.digit(next(), 16);
            if (digit < 0) {
                throw new GrammarException("an escape that needs " + digits + " hexadecimal digits");
            }
            value = value << 4 | digit;
        }
        if (value > Character.MAX_CODE_POINT) {
            throw new GrammarException("an escape beyond the last code point of Unicode");
        }
        return (int) value;
    }

    /** The number of the line that is being read, from 1. */
    int line() {
        int line = 1;
        for (int i = 0; i < Math.min(position, text.length()); i++) {
            line += text.charAt(i) == '\n' ? 1 : 0;
        }
        return line;
    }
}
