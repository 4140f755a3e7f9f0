package dev.altiplano.engine.chat;

import dev.altiplano.engine.json.JsonException;
import dev.altiplano.engine.json.JsonParser;
import dev.altiplano.engine.json.JsonValues;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON as plain Java, for arguments and calls that a model or a client wrote. Of a key that comes twice the last value counts, as in
 * Python.
 */
final class PlainJson implements JsonValues<@Nullable Object> {

    private static final int MAX_DEPTH = 100;
    private static final int MAX_NUMBER_CHARACTERS = 400;

    private PlainJson() {}

    /** The value of a text that holds one and nothing else. */
    static @Nullable Object parse(String text) throws JsonException {
        return parser(text).parse();
    }

    /** Whether the text is one JSON object. */
    static boolean isObject(String text) {
        try {
            return parse(text) instanceof Map;
        } catch (JsonException e) {
            return false;
        }
    }

    /** The members of an object, each value as it is written. */
    static Map<String, String> members(String object) throws JsonException {
        return parser(object).writtenMembers();
    }

    private static JsonParser<@Nullable Object> parser(String text) {
        return new JsonParser<>(text, new PlainJson(), true);
    }

    @Override
    public void begin(int depth) {
        if (depth > MAX_DEPTH) {
            throw new IllegalArgumentException("JSON is nested deeper than " + MAX_DEPTH);
        }
    }

    @Override
    public Object object(Map<String, @Nullable Object> members) {
        return members;
    }

    @Override
    public Object list(List<@Nullable Object> elements) {
        return elements;
    }

    @Override
    public Object string(String text) {
        return text;
    }

    @Override
    public Object number(String written) {
        if (written.length() > MAX_NUMBER_CHARACTERS) {
            throw new IllegalArgumentException("a number of more than " + MAX_NUMBER_CHARACTERS + " characters");
        }
        if (written.chars().anyMatch(c -> ".eE".indexOf(c) >= 0)) {
            return Double.valueOf(written);
        }
        try {
            return Long.valueOf(written);
        } catch (NumberFormatException e) {
            return new BigInteger(written);
        }
    }

    @Override
    public Object bool(boolean value) {
        return value;
    }

    @Override
    public @Nullable Object nothing() {
        return null;
    }
}
