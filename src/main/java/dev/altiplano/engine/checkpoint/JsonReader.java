package dev.altiplano.engine.checkpoint;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * A strict reader of JSON (RFC 8259) for the small files around a model: no comments, no NaN, no key twice, bounded depth.
 * Values are {@link JsonObject}, {@link List}, {@link String}, {@link Long} (integers that fit), {@link Double},
 * {@link Boolean} and {@link Null}.
 */
public final class JsonReader {

    /** JSON's null. */
    public enum Null {
        NULL;

        @Override
        public String toString() {
            return "null";
        }
    }

    private static final int MAX_DEPTH = 64;

    private final Path file;
    private final String text;
    /** How many values are still allowed: one for 16 bytes of the longest text that is allowed. */
    private int budget;

    private int position;
    private int depth;

    private JsonReader(Path file, String text, int budget) {
        this.file = file;
        this.text = text;
        this.budget = budget;
    }

    /** Reads a file that must hold one JSON object and have at most {@code maxBytes}. */
    public static JsonObject readFile(Path file, long maxBytes) {
        if (!Files.isRegularFile(file)) {
            throw new CheckpointException(file, Files.exists(file) ? "is not a regular file" : "is missing");
        }
        try (var in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes((int) Math.min(Integer.MAX_VALUE - 16, maxBytes + 1));
            if (bytes.length > maxBytes) {
                throw new CheckpointException(file, "has more than the " + maxBytes + " bytes that are allowed for it");
            }
            return read(file, bytes, maxBytes);
        } catch (IOException e) {
            throw new CheckpointException(file, "cannot be read: " + e, e);
        }
    }

    /**
     * Parses {@code utf8}, which must hold one JSON object; {@code file} is named in errors. The number of values is bounded
     * by the {@code maxBytes} that the caller allows for such a text, as empty lists take more memory than text.
     */
    public static JsonObject read(Path file, byte[] utf8, long maxBytes) {
        WrongContent.refuse(file, MemorySegment.ofArray(utf8));
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new CheckpointException(file, "its JSON is not UTF-8", e);
        }
        JsonReader reader = new JsonReader(file, text, (int) Math.max(1 << 16, maxBytes / 16));
        reader.skipSpace();
        if (reader.peek() != '{') {
            throw reader.wrong("expected a JSON object, beginning with '{'");
        }
        JsonObject object = (JsonObject) reader.value();
        reader.skipSpace();
        if (reader.position < text.length()) {
            throw reader.wrong("something follows the end of the JSON object");
        }
        return object;
    }

    private Object value() {
        if (--budget < 0) {
            throw wrong("JSON holds too many values");
        }
        skipSpace();
        return switch (peek()) {
            case '{' -> object();
            case '[' -> list();
            case '"' -> string();
            case 't' -> word("true", true);
            case 'f' -> word("false", false);
            case 'n' -> word("null", Null.NULL);
            default -> number();
        };
    }

    private JsonObject object() {
        enter();
        LinkedHashMap<String, Object> values = new LinkedHashMap<>();
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
                if (values.putIfAbsent(key, value()) != null) {
                    throw wrong("the key \"" + JsonObject.shorten(key) + "\" is given twice");
                }
                skipSpace();
            } while (consume(','));
        }
        expect('}');
        depth--;
        return new JsonObject(file, values);
    }

    private List<Object> list() {
        enter();
        List<Object> values = new ArrayList<>();
        skipSpace();
        if (peek() != ']') {
            do {
                values.add(value());
                skipSpace();
            } while (consume(','));
        }
        expect(']');
        depth--;
        return values;
    }

    private void enter() {
        position++;
        if (++depth > MAX_DEPTH) {
            throw wrong("JSON is nested deeper than " + MAX_DEPTH);
        }
    }

    private Object word(String word, Object value) {
        if (!text.startsWith(word, position)) {
            throw wrong("expected a JSON value");
        }
        position += word.length();
        return value;
    }

    private String string() {
        int start = ++position;
        while (position < text.length()) {
            char c = text.charAt(position);
            if (c == '"') {
                return text.substring(start, position++);
            }
            if (c == '\\') {
                return escapedString(start);
            }
            if (c < 0x20) {
                throw wrong("a control character inside a string");
            }
            position++;
        }
        throw wrong("a string does not end");
    }

    private String escapedString(int start) {
        StringBuilder string = new StringBuilder(text.substring(start, position));
        while (position < text.length()) {
            char c = text.charAt(position++);
            if (c == '"') {
                for (int i = 0; i < string.length(); i++) {
                    if (Character.isSurrogate(string.charAt(i))
                            && (i + 1 == string.length()
                                    || !Character.isSurrogatePair(string.charAt(i), string.charAt(++i)))) {
                        throw wrong("a string holds half of a surrogate pair");
                    }
                }
                return string.toString();
            }
            if (c < 0x20) {
                throw wrong("a control character inside a string");
            }
            string.append(c == '\\' ? escape() : c);
        }
        throw wrong("a string does not end");
    }

    private char escape() {
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

    private Object number() {
        int start = position;
        consume('-');
        boolean zero = peek() == '0';
        if (digits() > 1 && zero) {
            throw wrong("a number begins with 0");
        }
        boolean integer = true;
        if (consume('.')) {
            integer = false;
            digits();
        }
        if (peek() == 'e' || peek() == 'E') {
            integer = false;
            position++;
            if (!consume('+')) {
                consume('-');
            }
            digits();
        }
        if (integer && position - start <= 19) {
            try {
                return Long.valueOf(text.substring(start, position));
            } catch (NumberFormatException e) {
                // Just beyond 64 bits: a real number then.
            }
        }
        if (position - start > 400) {
            throw wrong("a number of more than 400 characters");
        }
        double number = Double.parseDouble(text.substring(start, position));
        if (Double.isInfinite(number)) {
            throw wrong("a number that is too large");
        }
        return number;
    }

    private int digits() {
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

    private boolean consume(char c) {
        if (peek() == c) {
            position++;
            return true;
        }
        return false;
    }

    private void expect(char c) {
        if (!consume(c)) {
            throw wrong(position < text.length() ? "expected '" + c + "'" : "JSON ends too early");
        }
    }

    /** The next character, or 0 at the end. */
    private char peek() {
        return position < text.length() ? text.charAt(position) : 0;
    }

    private CheckpointException wrong(String problem) {
        return new CheckpointException(file, problem + " (at character " + position + ")");
    }
}
