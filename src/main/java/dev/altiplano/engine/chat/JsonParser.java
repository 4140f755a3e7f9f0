package dev.altiplano.engine.chat;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A strict reader of JSON (RFC 8259) with bounded depth, for arguments and calls that a model or a client wrote. Of a key that
 * comes twice the last value counts, as in Python.
 */
final class JsonParser {

    private static final int MAX_DEPTH = 100;
    private static final int LONGEST_NUMBER = 400;

    private final String text;
    private int position;
    private int depth;

    private JsonParser(String text) {
        this.text = text;
    }

    /** Text that is no JSON. */
    static final class SyntaxException extends Exception {
        private static final long serialVersionUID = 1;

        SyntaxException(String message) {
            super(message, null, false, false);
        }
    }

    /** The value of a text that holds one and nothing else. */
    static @Nullable Object parse(String text) throws SyntaxException {
        JsonParser parser = new JsonParser(text);
        Object value = parser.value();
        parser.skipSpace();
        if (parser.position < text.length()) {
            throw parser.wrong("something follows the JSON value");
        }
        return value;
    }

    /** Whether the text is one JSON object. */
    static boolean isObject(String text) {
        try {
            return parse(text) instanceof Map;
        } catch (SyntaxException e) {
            return false;
        }
    }

    /** The members of an object, each value as it is written. */
    static Map<String, String> members(String object) throws SyntaxException {
        Map<String, String> members = new LinkedHashMap<>();
        JsonParser parser = new JsonParser(object);
        parser.skipSpace();
        parser.expect('{');
        parser.skipSpace();
        if (parser.peek() != '}') {
            do {
                parser.skipSpace();
                String key = parser.string();
                parser.skipSpace();
                parser.expect(':');
                members.put(key, parser.written());
                parser.skipSpace();
            } while (parser.take(','));
        }
        parser.expect('}');
        return members;
    }

    /** The elements of a list, each as it is written. */
    static List<String> elements(String list) throws SyntaxException {
        List<String> elements = new ArrayList<>();
        JsonParser parser = new JsonParser(list);
        parser.skipSpace();
        parser.expect('[');
        parser.skipSpace();
        if (parser.peek() != ']') {
            do {
                elements.add(parser.written());
                parser.skipSpace();
            } while (parser.take(','));
        }
        parser.expect(']');
        return elements;
    }

    private String written() throws SyntaxException {
        skipSpace();
        int start = position;
        value();
        return text.substring(start, position);
    }

    private @Nullable Object value() throws SyntaxException {
        skipSpace();
        return switch (peek()) {
            case '{' -> object();
            case '[' -> list();
            case '"' -> string();
            case 't' -> word("true", true);
            case 'f' -> word("false", false);
            case 'n' -> word("null", null);
            default -> number();
        };
    }

    private Map<String, @Nullable Object> object() throws SyntaxException {
        enter();
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        skipSpace();
        if (peek() != '}') {
            do {
                skipSpace();
                if (peek() != '"') {
                    throw wrong("expected a key in quotes");
                }
                String key = string();
                skipSpace();
                expect(':');
                values.put(key, value());
                skipSpace();
            } while (take(','));
        }
        expect('}');
        depth--;
        return values;
    }

    private List<@Nullable Object> list() throws SyntaxException {
        enter();
        List<@Nullable Object> values = new ArrayList<>();
        skipSpace();
        if (peek() != ']') {
            do {
                values.add(value());
                skipSpace();
            } while (take(','));
        }
        expect(']');
        depth--;
        return values;
    }

    private void enter() throws SyntaxException {
        position++;
        if (++depth > MAX_DEPTH) {
            throw wrong("JSON is nested deeper than " + MAX_DEPTH);
        }
    }

    private @Nullable Object word(String word, @Nullable Object value) throws SyntaxException {
        if (!text.startsWith(word, position)) {
            throw wrong("expected a JSON value");
        }
        position += word.length();
        return value;
    }

    private String string() throws SyntaxException {
        StringBuilder string = new StringBuilder();
        position++;
        while (position < text.length()) {
            char c = text.charAt(position++);
            if (c == '"') {
                return string.toString();
            }
            if (c < 0x20) {
                throw wrong("a control character inside a string");
            }
            string.append(c == '\\' ? escape() : c);
        }
        throw wrong("a string does not end");
    }

    private char escape() throws SyntaxException {
        char c = peek();
        position++;
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                int code = 0;
                for (int i = 0; i < 4; i++) {
                    int digit = Character.digit(peek(), 16);
                    if (digit < 0 || peek() > 'f') {
                        throw wrong("a \\u escape without four hexadecimal digits");
                    }
                    code = code * 16 + digit;
                    position++;
                }
                yield (char) code;
            }
            default -> throw wrong("an unknown escape in a string");
        };
    }

    private Object number() throws SyntaxException {
        int start = position;
        take('-');
        boolean zero = peek() == '0';
        if (digits() > 1 && zero) {
            throw wrong("a number begins with 0");
        }
        boolean whole = true;
        if (take('.')) {
            whole = false;
            digits();
        }
        if (peek() == 'e' || peek() == 'E') {
            whole = false;
            position++;
            if (!take('+')) {
                take('-');
            }
            digits();
        }
        if (position - start > LONGEST_NUMBER) {
            throw wrong("a number of more than " + LONGEST_NUMBER + " characters");
        }
        String digits = text.substring(start, position);
        return whole ? (Object) whole(digits) : (Object) Double.valueOf(digits);
    }

    private static Number whole(String digits) {
        try {
            return Long.valueOf(digits);
        } catch (NumberFormatException e) {
            return new BigInteger(digits);
        }
    }

    private int digits() throws SyntaxException {
        int start = position;
        while (peek() >= '0' && peek() <= '9') {
            position++;
        }
        if (position == start) {
            throw wrong("expected a JSON value");
        }
        return position - start;
    }

    private void skipSpace() {
        while (position < text.length() && " \t\r\n".indexOf(text.charAt(position)) >= 0) {
            position++;
        }
    }

    private boolean take(char c) {
        if (peek() == c) {
            position++;
            return true;
        }
        return false;
    }

    private void expect(char c) throws SyntaxException {
        if (!take(c)) {
            throw wrong(position < text.length() ? "expected '" + c + "'" : "JSON ends too early");
        }
    }

    private char peek() {
        return position < text.length() ? text.charAt(position) : 0;
    }

    private SyntaxException wrong(String problem) {
        return new SyntaxException(problem + " (at character " + position + ")");
    }
}
