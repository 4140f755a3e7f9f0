package dev.altiplano.engine.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A strict reader of one JSON text: no comments, no NaN, nothing behind the value. Depth and work are bounded by the
 * {@link JsonValues}. Belongs to one thread.
 *
 * @param <V> what it makes of values
 */
public final class JsonParser<V extends @Nullable Object> {

    private final String text;
    private final JsonValues<V> values;
    private final boolean keysMayRepeat;
    private int position;
    private int depth;

    /** @param keysMayRepeat whether of a key that comes twice the last value counts, as in Python; else it is an error */
    public JsonParser(String text, JsonValues<V> values, boolean keysMayRepeat) {
        this.text = text;
        this.values = values;
        this.keysMayRepeat = keysMayRepeat;
    }

    /** The value of a text that holds one and nothing else. */
    public V parse() throws JsonException {
        V value = value();
        end();
        return value;
    }

    /** The same where the value must be an object. */
    public V parseObject() throws JsonException {
        skipSpace();
        if (peek() != '{') {
            throw wrong("expected a JSON object, beginning with '{'");
        }
        return parse();
    }

    /** The members of a text that is one object, each value as it is written. */
    public Map<String, String> writtenMembers() throws JsonException {
        Map<String, String> members = new LinkedHashMap<>();
        skipSpace();
        expect('{');
        skipSpace();
        if (peek() != '}') {
            do {
                String key = key();
                members.put(key, written());
                skipSpace();
            } while (take(','));
        }
        expect('}');
        return members;
    }

    /** How far it has read, in UTF-16 units. */
    public int position() {
        return position;
    }

    private String written() throws JsonException {
        skipSpace();
        int start = position;
        V ignored = value();
        return text.substring(start, position);
    }

    private void end() throws JsonException {
        skipSpace();
        if (position < text.length()) {
            throw wrong("something follows the end of the JSON value");
        }
    }

    private V value() throws JsonException {
        skipSpace();
        try {
            char first = peek();
            values.begin(first == '{' || first == '[' ? depth + 1 : depth);
            return switch (first) {
                case '{' -> object();
                case '[' -> list();
                case '"' -> values.string(string());
                case 't' -> {
                    word("true");
                    yield values.bool(true);
                }
                case 'f' -> {
                    word("false");
                    yield values.bool(false);
                }
                case 'n' -> {
                    word("null");
                    yield values.nothing();
                }
                default -> values.number(number());
            };
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    private V object() throws JsonException {
        position++;
        depth++;
        Map<String, V> members = new LinkedHashMap<>();
        skipSpace();
        if (peek() != '}') {
            do {
                String key = key();
                if (!keysMayRepeat && members.containsKey(key)) {
                    throw wrong("the key \"" + shorten(key) + "\" is given twice");
                }
                members.put(key, value());
                skipSpace();
            } while (take(','));
        }
        expect('}');
        depth--;
        return values.object(members);
    }

    private String key() throws JsonException {
        skipSpace();
        if (peek() != '"') {
            throw wrong("expected a key in quotes");
        }
        String key = string();
        skipSpace();
        expect(':');
        return key;
    }

    private V list() throws JsonException {
        position++;
        depth++;
        List<V> elements = new ArrayList<>();
        skipSpace();
        if (peek() != ']') {
            do {
                elements.add(value());
                skipSpace();
            } while (take(','));
        }
        expect(']');
        depth--;
        return values.list(elements);
    }

    private void word(String word) throws JsonException {
        if (!text.startsWith(word, position)) {
            throw wrong("expected a JSON value");
        }
        position += word.length();
    }

    private String string() throws JsonException {
        int start = ++position;
        while (position < text.length()) {
            char c = text.charAt(position);
            if (c == '"') {
                return text.substring(start, position++);
            }
            if (c == '\\') {
                return escapedString(start);
            }
            requireNoControl(c);
            position++;
        }
        throw wrong("a string does not end");
    }

    /** A string from its first escape on; what stands before is taken as it is. */
    private String escapedString(int start) throws JsonException {
        StringBuilder string = new StringBuilder().append(text, start, position);
        while (position < text.length()) {
            char c = text.charAt(position++);
            if (c == '"') {
                return string.toString();
            }
            requireNoControl(c);
            string.append(c == '\\' ? escape() : c);
        }
        throw wrong("a string does not end");
    }

    private void requireNoControl(char c) throws JsonException {
        if (c < 0x20) {
            throw wrong("a control character inside a string");
        }
    }

    private char escape() throws JsonException {
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
                    // Other scripts have digits too, which JSON does not know.
                    int digit = peek() > 'f' ? -1 : Character.digit(peek(), 16);
                    if (digit < 0) {
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

    private String number() throws JsonException {
        int start = position;
        boolean ignored = take('-');
        boolean zero = peek() == '0';
        if (digits() > 1 && zero) {
            throw wrong("a number begins with 0");
        }
        if (take('.')) {
            digits();
        }
        if (take('e') || take('E')) {
            boolean signed = take('+') || take('-');
            digits();
        }
        return text.substring(start, position);
    }

    private int digits() throws JsonException {
        int start = position;
        while (peek() >= '0' && peek() <= '9') {
            position++;
        }
        if (position == start) {
            throw wrong(position < text.length() ? "expected a JSON value" : "JSON ends too early");
        }
        return position - start;
    }

    private void skipSpace() {
        while (position < text.length() && " \t\r\n".indexOf(text.charAt(position)) >= 0) {
            position++;
        }
    }

    private boolean take(char c) {
        if (position < text.length() && text.charAt(position) == c) {
            position++;
            return true;
        }
        return false;
    }

    private void expect(char c) throws JsonException {
        if (!take(c)) {
            throw wrong(position < text.length() ? "expected '" + c + "'" : "JSON ends too early");
        }
    }

    /** The next character, or 0 at the end. */
    private char peek() {
        return position < text.length() ? text.charAt(position) : 0;
    }

    private static String shorten(String key) {
        return key.length() <= 40 ? key : key.substring(0, 40) + "…";
    }

    private JsonException wrong(String problem) {
        return new JsonException(problem, position);
    }
}
