package dev.altiplano.server.api;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamLocation;

/**
 * Reads one JSON object field by field, and says of each value that does not fit which field it stands in. A caller switches
 * over {@link #nextField} and ends with {@link #unknown}; each reading method gives {@code absent} where the value is null.
 */
final class JsonObjectReader {

    private static final double LARGEST_EXACT_INTEGER = 1L << 53;

    private final JsonParser parser;
    private final String prefix;
    private String field = "";
    private JsonToken token = JsonToken.NOT_AVAILABLE;

    private JsonObjectReader(JsonParser parser, String prefix) {
        this.parser = parser;
        this.prefix = prefix;
    }

    /** Makes a value of type {@code T} from the fields of an object. */
    interface Shape<T> {
        T read(JsonObjectReader fields);
    }

    /** Reads the first {@code length} bytes of {@code body}, which must be one object and nothing more. */
    static <T> T read(byte[] body, int length, Shape<T> shape) {
        try (JsonParser parser = Json.parser(body, length)) {
            JsonObjectReader reader = new JsonObjectReader(parser, "");
            try {
                if (parser.nextToken() != JsonToken.START_OBJECT) {
                    throw ApiException.invalid(null, "invalid_json", "The body must be a JSON object");
                }
                T result = shape.read(reader);
                if (parser.nextToken() != null) {
                    throw ApiException.invalid(null, "invalid_json", "The body goes on after its JSON object");
                }
                return result;
            } catch (JacksonException e) {
                throw reader.malformed(e);
            }
        }
    }

    /** The next field's name, its value being the current one; null after the last. */
    @Nullable
    String nextField() {
        if (advance() == JsonToken.END_OBJECT) {
            return null;
        }
        field = Objects.requireNonNull(parser.currentName());
        advance();
        return field;
    }

    /** Refuses the current field. */
    ApiException unknown() {
        return ApiException.invalid(path(), "unknown_parameter", "Unrecognized field: " + path());
    }

    boolean isNull() {
        return token == JsonToken.VALUE_NULL;
    }

    boolean isString() {
        return token == JsonToken.VALUE_STRING;
    }

    boolean isNumber() {
        return token.isNumeric();
    }

    boolean isArray() {
        return token == JsonToken.START_ARRAY;
    }

    /** Inside an array: makes its next element the current value; false at its end. */
    boolean nextElement() {
        return advance() != JsonToken.END_ARRAY;
    }

    boolean bool(boolean absent) {
        return switch (token) {
            case VALUE_NULL -> absent;
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> throw wrong("true or false");
        };
    }

    int integer(int least, int most, int absent) {
        return (int) int64(least, most, absent);
    }

    long int64(long least, long most, long absent) {
        if (isNull()) {
            return absent;
        }
        String expected = "an integer from " + least + " to " + most;
        long value;
        if (token == JsonToken.VALUE_NUMBER_INT) {
            if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
                throw wrong(expected);
            }
            value = parser.getLongValue();
        } else if (token == JsonToken.VALUE_NUMBER_FLOAT) {
            double d = parser.getDoubleValue();
            if (d != Math.rint(d) || Math.abs(d) > LARGEST_EXACT_INTEGER) {
                throw wrong(expected);
            }
            value = (long) d;
        } else {
            throw wrong(expected);
        }
        if (value < least || value > most) {
            throw wrong(expected);
        }
        return value;
    }

    float number(double least, double most, float absent) {
        if (isNull()) {
            return absent;
        }
        String expected = "a number from " + plain(least) + " to " + plain(most);
        if (!token.isNumeric()) {
            throw wrong(expected);
        }
        double value = parser.getDoubleValue();
        // NaN fails both comparisons.
        if (!(value >= least && value <= most)) {
            throw wrong(expected);
        }
        return (float) value;
    }

    @Nullable
    String string(int mostCharacters) {
        if (isNull()) {
            return null;
        }
        if (!isString()) {
            throw wrong("a string");
        }
        String value = parser.getString();
        if (value.length() > mostCharacters) {
            throw wrong("at most " + mostCharacters + " characters long, it has " + value.length());
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (Character.isSurrogate(c)) {
                if (Character.isLowSurrogate(c)
                        || i + 1 == value.length()
                        || !Character.isLowSurrogate(value.charAt(i + 1))) {
                    throw ApiException.invalid(
                            path(), path() + " is not well-formed Unicode: lone surrogate at character " + i);
                }
                i++;
            }
        }
        return value;
    }

    <T> @Nullable T object(Shape<T> shape) {
        if (isNull()) {
            return null;
        }
        if (token != JsonToken.START_OBJECT) {
            throw wrong("an object");
        }
        return shape.read(new JsonObjectReader(parser, path() + "."));
    }

    /** The current field is not {@code expected}. */
    ApiException wrong(String expected) {
        return ApiException.invalid(path(), path() + " must be " + expected + found());
    }

    /** The current field's name, with those of the objects around it. */
    String path() {
        return prefix + field;
    }

    private String found() {
        return switch (token) {
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> ", not " + parser.getString();
            case VALUE_STRING -> ", not a string";
            case VALUE_TRUE, VALUE_FALSE -> ", not a boolean";
            case START_ARRAY -> ", not an array";
            case START_OBJECT -> ", not an object";
            case VALUE_NULL -> ", not null";
            default -> "";
        };
    }

    private JsonToken advance() {
        JsonToken next = parser.nextToken();
        if (next == null) {
            throw ApiException.invalid(null, "invalid_json", "The body ends within its JSON object");
        }
        token = next;
        return next;
    }

    private ApiException malformed(JacksonException e) {
        TokenStreamLocation at = e.getLocation();
        String where = at == null || at.getLineNr() < 0
                ? ""
                : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
        String param = parser.currentName();
        return ApiException.invalid(
                param, "invalid_json", "The body is not valid JSON" + where + ": " + e.getOriginalMessage());
    }

    private static String plain(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }
}
