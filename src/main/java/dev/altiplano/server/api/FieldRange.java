package dev.altiplano.server.api;

import dev.altiplano.server.api.error.ApiException;
import org.jspecify.annotations.Nullable;

/** Values of fields within their ranges: each method gives the default for null and refuses, by name, what lies outside. */
public final class FieldRange {

    private static final double MAX_PLAIN = 1e15;

    private FieldRange() {}

    /** An integer from {@code min} to {@code max}. */
    public static int integer(String field, @Nullable Long value, long min, long max, int absent) {
        return value == null ? absent : (int) integer64(field, value, min, max);
    }

    /** As {@link #integer} for more bits. */
    public static long integer64(String field, long value, long min, long max) {
        requireRange(field, value, min, max);
        return value;
    }

    /** Refuses an integer that is not from {@code min} to {@code max}. */
    public static void requireRange(String field, long value, long min, long max) {
        if (value < min || value > max) {
            throw wrong(field, "an integer from " + min + " to " + max, Long.toString(value));
        }
    }

    /** A number from {@code min} to {@code max}. */
    public static float number(String field, @Nullable Double value, double min, double max, float absent) {
        if (value == null) {
            return absent;
        }
        // NaN fails both comparisons.
        if (!(value >= min && value <= max)) {
            throw wrong(field, "a number from " + plain(min) + " to " + plain(max), plain(value));
        }
        return value.floatValue();
    }

    /** A string of at most {@code maxCharacters}; null and the empty one are the same. */
    public static @Nullable String string(String field, @Nullable String value, int maxCharacters) {
        requireLength(field, value, maxCharacters);
        return value == null || value.isEmpty() ? null : value;
    }

    /** Refuses a string of more than {@code maxCharacters}. */
    public static void requireLength(String field, @Nullable String value, int maxCharacters) {
        if (value != null && value.length() > maxCharacters) {
            throw ApiException.invalid(
                    field, field + " must be at most " + maxCharacters + " characters long, it has " + value.length());
        }
    }

    private static ApiException wrong(String field, String expected, String found) {
        return ApiException.invalid(field, field + " must be " + expected + ", not " + found);
    }

    private static String plain(double value) {
        return value == Math.rint(value) && Math.abs(value) < MAX_PLAIN
                ? Long.toString((long) value)
                : Double.toString(value);
    }
}
