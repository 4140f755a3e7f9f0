package dev.altiplano.evaluation.task;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a value as Python writes it: texts, numbers, True, False, None, lists, tuples and dicts, as {@code
 * ast.literal_eval} does.
 */
final class PythonLiteral {

    private static final int MAX_DEPTH = 100;

    /** A text that is no such value. */
    static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1;

        MalformedException(String message) {
            super(message, null, false, false);
        }
    }

    private final String source;
    private int at;

    private PythonLiteral(String source) {
        this.source = source;
    }

    static @Nullable Object parse(String source) throws MalformedException {
        PythonLiteral reader = new PythonLiteral(source);
        Object value = reader.value(0);
        reader.skipSpace();
        if (reader.at < source.length()) {
            throw reader.wrong("something follows the value");
        }
        return value;
    }

    private MalformedException wrong(String what) {
        return new MalformedException(what + " at character " + at);
    }

    private void skipSpace() {
        while (at < source.length() && Character.isWhitespace(source.charAt(at))) {
            at++;
        }
    }

    private char peek() throws MalformedException {
        skipSpace();
        if (at >= source.length()) {
            throw wrong("a value is missing");
        }
        return source.charAt(at);
    }

    private @Nullable Object value(int depth) throws MalformedException {
        if (depth > MAX_DEPTH) {
            throw wrong("nested deeper than " + MAX_DEPTH);
        }
        char c = peek();
        return switch (c) {
            case '[' -> items(']', depth);
            case '(' -> parenthesized(depth);
            case '{' -> entries(depth);
            case '\'', '"' -> texts();
            default -> Character.isLetter(c) ? word() : number();
        };
    }

    private Object parenthesized(int depth) throws MalformedException {
        int start = at;
        List<Object> items = items(')', depth);
        boolean tuple = items.size() != 1
                || source.substring(start, at - 1).stripTrailing().endsWith(",");
        return tuple ? items : items.getFirst();
    }

    private List<Object> items(char close, int depth) throws MalformedException {
        at++;
        List<Object> items = new ArrayList<>();
        while (peek() != close) {
            items.add(value(depth + 1));
            if (peek() == ',') {
                at++;
            } else if (peek() != close) {
                throw wrong("',' or '" + close + "' is missing");
            }
        }
        at++;
        return items;
    }

    private Map<String, Object> entries(int depth) throws MalformedException {
        at++;
        Map<String, Object> entries = new LinkedHashMap<>();
        while (peek() != '}') {
            String key = String.valueOf(value(depth + 1));
            if (peek() != ':') {
                throw wrong("':' is missing");
            }
            at++;
            entries.put(key, value(depth + 1));
            if (peek() == ',') {
                at++;
            } else if (peek() != '}') {
                throw wrong("',' or '}' is missing");
            }
        }
        at++;
        return entries;
    }

    /** Texts that stand beside each other are one. */
    private String texts() throws MalformedException {
        StringBuilder text = new StringBuilder();
        do {
            text(text);
            skipSpace();
        } while (at < source.length() && (source.charAt(at) == '\'' || source.charAt(at) == '"'));
        return text.toString();
    }

    private void text(StringBuilder text) throws MalformedException {
        char quote = source.charAt(at++);
        while (true) {
            if (at >= source.length() || source.charAt(at) == '\n') {
                throw wrong("a text does not end");
            }
            char c = source.charAt(at++);
            if (c == quote) {
                return;
            }
            if (c == '\\') {
                escape(text);
            } else {
                text.append(c);
            }
        }
    }

    private void escape(StringBuilder text) throws MalformedException {
        if (at >= source.length()) {
            throw wrong("a text does not end");
        }
        char c = source.charAt(at++);
        switch (c) {
            case 'n' -> text.append('\n');
            case 't' -> text.append('\t');
            case 'r' -> text.append('\r');
            case 'a' -> text.append('\u0007');
            case 'b' -> text.append('\b');
            case 'f' -> text.append('\f');
            case 'v' -> text.append('\u000b');
            case '0' -> text.append('\0');
            case '\\', '\'', '"' -> text.append(c);
            case '\n' -> {}
            case 'x' -> text.appendCodePoint(hexadecimal(2));
            case 'u' -> text.appendCodePoint(hexadecimal(4));
            case 'U' -> text.appendCodePoint(hexadecimal(8));
            default -> text.append('\\').append(c);
        }
    }

    private int hexadecimal(int digits) throws MalformedException {
        if (at + digits <= source.length()) {
            try {
                int code = Integer.parseInt(source.substring(at, at + digits), 16);
                if (Character.isValidCodePoint(code)) {
                    at += digits;
                    return code;
                }
            } catch (NumberFormatException e) {
                throw wrong("an escape has no digits");
            }
        }
        throw wrong("an escape is not a character");
    }

    private @Nullable Object word() throws MalformedException {
        int start = at;
        while (at < source.length() && Character.isLetterOrDigit(source.charAt(at))) {
            at++;
        }
        return switch (source.substring(start, at)) {
            case "True" -> true;
            case "False" -> false;
            case "None" -> null;
            default -> throw wrong("'" + source.substring(start, at) + "' is not a value");
        };
    }

    private Object number() throws MalformedException {
        int start = at;
        while (at < source.length() && "+-0123456789.eE_".indexOf(source.charAt(at)) >= 0) {
            at++;
        }
        String digits = source.substring(start, at).replace("_", "");
        try {
            return digits.matches("[+-]?[0-9]+")
                    ? (Object) Long.parseLong(digits)
                    : (Object) Double.parseDouble(digits);
        } catch (NumberFormatException e) {
            throw wrong("'" + digits + "' is not a number");
        }
    }
}
