package dev.altiplano.engine.checkpoint.content;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A JSON object with the file that it came from: its getters check type and range, and name file and key where they refuse. */
public final class JsonObject {

    private final Path file;
    private final Map<String, Object> values;

    JsonObject(Path file, Map<String, Object> values) {
        this.file = file;
        this.values = values;
    }

    public Path file() {
        return file;
    }

    public Set<String> keys() {
        return values.keySet();
    }

    /** Whether the key is there and not null. */
    public boolean has(String key) {
        Object value = values.get(key);
        return value != null && value != JsonReader.Null.NULL;
    }

    @Nullable
    public Object value(String key) {
        return values.get(key);
    }

    public long integer(String key, long min, long max) {
        Object value = required(key);
        if (value instanceof Long number && number >= min && number <= max) {
            return number;
        }
        throw wrong(key, value, "an integer from " + min + " to " + max);
    }

    public long integer(String key, long min, long max, long fallback) {
        return has(key) ? integer(key, min, max) : fallback;
    }

    /** A number with {@code min <= number <= max}. */
    public double number(String key, double min, double max) {
        Object value = required(key);
        if (value instanceof Number number && number.doubleValue() >= min && number.doubleValue() <= max) {
            return number.doubleValue();
        }
        throw wrong(key, value, "a number from " + min + " to " + max);
    }

    public double number(String key, double min, double max, double fallback) {
        return has(key) ? number(key, min, max) : fallback;
    }

    public String text(String key) {
        Object value = required(key);
        if (value instanceof String text) {
            return text;
        }
        throw wrong(key, value, "a string");
    }

    public boolean flag(String key, boolean fallback) {
        if (!has(key)) {
            return fallback;
        }
        Object value = required(key);
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw wrong(key, value, "true or false");
    }

    public JsonObject object(String key) {
        Object value = required(key);
        if (value instanceof JsonObject object) {
            return object;
        }
        throw wrong(key, value, "an object");
    }

    public List<?> list(String key) {
        Object value = required(key);
        if (value instanceof List<?> list) {
            return list;
        }
        throw wrong(key, value, "a list");
    }

    /** The values as maps, lists, strings, longs, doubles and booleans; members that are null are left out. */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        values.forEach((key, value) -> {
            if (value != JsonReader.Null.NULL) {
                map.put(key, plain(value));
            }
        });
        return map;
    }

    private static Object plain(Object value) {
        return switch (value) {
            case JsonObject object -> object.toMap();
            case List<?> list -> list.stream().map(JsonObject::plain).toList();
            case JsonReader.Null nothing -> "null";
            default -> value;
        };
    }

    /** The error that says what {@code key} holds and what it should. */
    CheckpointException wrong(String key, Object value, String expected) {
        return new CheckpointException(file, shorten(key) + " is " + describe(value) + ", expected " + expected);
    }

    private Object required(String key) {
        Object value = values.get(key);
        if (value == null) {
            throw new CheckpointException(file, shorten(key) + " is missing");
        }
        return value;
    }

    /** A value in a few words, however large it is. */
    public static String describe(Object value) {
        return switch (value) {
            case JsonObject object -> "an object";
            case List<?> list -> "a list";
            case String text -> '"' + shorten(text) + '"';
            default -> value.toString();
        };
    }

    public static String shorten(String text) {
        return text.length() <= 80 ? text : text.substring(0, 77) + "...";
    }
}
