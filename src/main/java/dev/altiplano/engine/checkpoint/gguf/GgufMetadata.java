package dev.altiplano.engine.checkpoint.gguf;

import dev.altiplano.engine.checkpoint.content.ByteCursor;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.content.JsonObject;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The key-value pairs of a GGUF file. Strings and arrays stay in the file until they are asked for, so that a file costs no
 * more memory than what is used of it.
 */
final class GgufMetadata {

    /** Numbers that GGUF gives to the types of values. */
    static final int U32 = 4;

    static final int I32 = 5;
    static final int F32 = 6;
    static final int BOOL = 7;
    static final int STRING = 8;
    static final int ARRAY = 9;

    private static final int MAX_LAYERS = 1 << 12;
    private static final int MAX_KEYS = 1 << 12;
    private static final int MAX_KEY_BYTES = 1 << 16;
    private static final int MAX_STRING_BYTES = 1 << 20;

    private record Text(long offset, long bytes) {}

    private record Items(int type, long count, long offset) {}

    private final Path file;
    private final MemorySegment bytes;
    private final Map<String, Object> values = new LinkedHashMap<>();

    /** Reads {@code count} pairs from {@code cursor}, which then stands behind them. */
    GgufMetadata(Path file, MemorySegment bytes, ByteCursor cursor, long count) {
        this.file = file;
        this.bytes = bytes;
        if (count > MAX_KEYS) {
            throw new CheckpointException(file, "announces " + count + " keys, more than the allowed " + MAX_KEYS);
        }
        for (long i = 0; i < count; i++) {
            String key = cursor.utf8(cursor.i64("the length of key " + i), MAX_KEY_BYTES, "key " + i);
            String name = JsonObject.shorten(key);
            Object value = value(cursor, cursor.i32("the type of " + name), name);
            if (values.put(key, value) != null) {
                throw new CheckpointException(file, "has the key " + name + " twice");
            }
        }
    }

    private static Object value(ByteCursor cursor, int type, String name) {
        long at = cursor.position();
        return switch (type) {
            case 0 -> (long) cursor.u8(name);
            case 1 -> (long) (byte) cursor.u8(name);
            case 2 -> (long) cursor.u16(name);
            case 3 -> (long) (short) cursor.u16(name);
            case U32 -> cursor.u32(name);
            case I32 -> (long) cursor.i32(name);
            case F32 -> (double) Float.intBitsToFloat(cursor.i32(name));
            case BOOL -> {
                int flag = cursor.u8(name);
                if (flag > 1) {
                    throw cursor.wrong(at, name + " is a bool with the value " + flag);
                }
                yield flag == 1;
            }
            case STRING -> {
                long length = cursor.i64(name);
                cursor.skip(length, name);
                yield new Text(at + 8, length);
            }
            case ARRAY -> items(cursor, name);
            case 10 -> {
                long number = cursor.i64(name);
                yield number < 0 ? (Object) (number + 0x1p64) : (Object) number;
            }
            case 11 -> cursor.i64(name);
            case 12 -> Double.longBitsToDouble(cursor.i64(name));
            default -> throw cursor.wrong(at, name + " has the unknown value type " + Integer.toUnsignedString(type));
        };
    }

    private static Items items(ByteCursor cursor, String name) {
        long at = cursor.position();
        int type = cursor.i32(name);
        int itemBytes = switch (type) {
            case 0, 1, BOOL -> 1;
            case 2, 3 -> 2;
            case U32, I32, F32 -> 4;
            case 10, 11, 12, STRING -> 8;
            case ARRAY -> throw cursor.wrong(at, name + " is an array of arrays, which no LLaMA model has");
            default ->
                throw cursor.wrong(at, name + " is an array of the unknown type " + Integer.toUnsignedString(type));
        };
        long count = cursor.count("the number of items in " + name, (cursor.remaining() - 8) / itemBytes);
        long offset = cursor.position();
        if (type == STRING) {
            for (long i = 0; i < count; i++) {
                cursor.skip(cursor.i64(name), name);
            }
        } else {
            cursor.skip(count * itemBytes, name);
        }
        return new Items(type, count, offset);
    }

    Path file() {
        return file;
    }

    /** All keys, in the order of the file. */
    Set<String> keys() {
        return values.keySet();
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    long integer(String key, long min, long max) {
        Object value = required(key);
        if (value instanceof Long number && number >= min && number <= max) {
            return number;
        }
        throw wrong(key, value, "an integer from " + min + " to " + max);
    }

    long integer(String key, long min, long max, long fallback) {
        return has(key) ? integer(key, min, max) : fallback;
    }

    /** Keys in file order. */
    Set<String> names() {
        return values.keySet();
    }

    /** A value in a few words. */
    String value(String key) {
        return describe(required(key));
    }

    /** A number for each of {@code layers} layers: from an array of so many, or one for all. */
    int[] integersByLayer(String key, int min, int max, int layers) {
        if (!(values.get(key) instanceof Items)) {
            int[] alike = new int[layers];
            Arrays.fill(alike, (int) integer(key, min, max));
            return alike;
        }
        int[] each = integers(key, MAX_LAYERS);
        if (each.length != layers) {
            throw new CheckpointException(
                    file, key + " has " + each.length + " numbers for " + layers + " layers: one for each is expected");
        }
        for (int layer = 0; layer < layers; layer++) {
            if (each[layer] < min || each[layer] > max) {
                throw new CheckpointException(
                        file, key + " is " + each[layer] + " for layer " + layer + ", expected " + min + " to " + max);
            }
        }
        return each;
    }

    double number(String key, double min, double max) {
        Object value = required(key);
        if (value instanceof Number number && number.doubleValue() >= min && number.doubleValue() <= max) {
            return number.doubleValue();
        }
        throw wrong(key, value, "a number from " + min + " to " + max);
    }

    double number(String key, double min, double max, double fallback) {
        return has(key) ? number(key, min, max) : fallback;
    }

    boolean flag(String key, boolean fallback) {
        if (!has(key)) {
            return fallback;
        }
        Object value = required(key);
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw wrong(key, value, "a bool");
    }

    String text(String key) {
        Object value = required(key);
        if (value instanceof Text(long offset, long length)) {
            return new ByteCursor(file, bytes, offset, offset + length).utf8(length, MAX_STRING_BYTES, key);
        }
        throw wrong(key, value, "a string");
    }

    /** How many strings the array has. */
    int textCount(String key, int maxCount) {
        return (int) items(key, STRING, maxCount, "strings").count;
    }

    List<String> texts(String key, int maxCount) {
        Items items = items(key, STRING, maxCount, "strings");
        ByteCursor cursor = new ByteCursor(file, bytes, items.offset, bytes.byteSize());
        List<String> texts = new ArrayList<>();
        for (long i = 0; i < items.count; i++) {
            texts.add(cursor.utf8(cursor.i64(key), MAX_STRING_BYTES, "string " + i + " of " + key));
        }
        return texts;
    }

    float[] floats(String key, int maxCount) {
        Items items = items(key, F32, maxCount, "32-bit floats");
        ByteCursor cursor = new ByteCursor(file, bytes, items.offset, bytes.byteSize());
        float[] floats = new float[(int) items.count];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = Float.intBitsToFloat(cursor.i32(key));
        }
        return floats;
    }

    int[] integers(String key, int maxCount) {
        int type =
                values.get(key) instanceof Items(int itemType, long count, long offset) && itemType == U32 ? U32 : I32;
        Items items = items(key, type, maxCount, "32-bit integers");
        ByteCursor cursor = new ByteCursor(file, bytes, items.offset, bytes.byteSize());
        int[] integers = new int[(int) items.count];
        for (int i = 0; i < integers.length; i++) {
            integers[i] = cursor.i32(key);
        }
        return integers;
    }

    private Items items(String key, int type, int maxCount, String expected) {
        Object value = required(key);
        if (value instanceof Items items && items.type == type && items.count <= maxCount) {
            return items;
        }
        throw wrong(key, value, "at most " + maxCount + " " + expected);
    }

    private Object required(String key) {
        Object value = values.get(key);
        if (value == null) {
            throw new CheckpointException(file, "lacks the key " + key);
        }
        return value;
    }

    private CheckpointException wrong(String key, Object value, String expected) {
        String actual = describe(value);
        return new CheckpointException(file, key + " is " + actual + ", expected " + expected);
    }

    private static String describe(Object value) {
        return switch (value) {
            case Text text -> "a string";
            case Items items -> "an array of " + items.count + " items of type " + items.type;
            default -> value.toString();
        };
    }
}
