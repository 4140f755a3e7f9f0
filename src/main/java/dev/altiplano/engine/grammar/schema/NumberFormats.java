package dev.altiplano.engine.grammar.schema;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The formats of numbers in OpenAPI's registry, as bounds: what a variable of that type can hold. */
final class NumberFormats {

    /** The largest number of the 32-bit floating point format. */
    private static final BigDecimal LARGEST_FLOAT = new BigDecimal(Float.MAX_VALUE);

    private record Range(String type, BigDecimal min, BigDecimal max) {}

    private static final Map<String, Range> RANGES = Map.ofEntries(
            Map.entry("int8", signed(8)),
            Map.entry("int16", signed(16)),
            Map.entry("int32", signed(32)),
            Map.entry("int64", signed(64)),
            Map.entry("uint8", unsigned(8)),
            Map.entry("uint16", unsigned(16)),
            Map.entry("uint32", unsigned(32)),
            Map.entry("uint64", unsigned(64)),
            Map.entry("double-int", new Range("integer", power(53).negate().add(BigDecimal.ONE), maximum(53))),
            Map.entry("float", new Range("number", LARGEST_FLOAT.negate(), LARGEST_FLOAT)));

    private NumberFormats() {}

    private static Range signed(int bits) {
        return new Range("integer", power(bits - 1).negate(), maximum(bits - 1));
    }

    private static Range unsigned(int bits) {
        return new Range("integer", BigDecimal.ZERO, maximum(bits));
    }

    private static BigDecimal power(int bits) {
        return new BigDecimal(BigInteger.TWO.pow(bits));
    }

    private static BigDecimal maximum(int bits) {
        return power(bits).subtract(BigDecimal.ONE);
    }

    /** Replaces the format of a number by bounds and, where the schema names no type, the type. */
    static void bound(Map<String, Json> schema) {
        Range range = schema.get("format") instanceof Json.Str(String format) ? RANGES.get(format) : null;
        if (range == null) {
            return;
        }
        schema.remove("format");
        schema.putIfAbsent("type", new Json.Str(range.type()));
        Json min = schema.get("minimum");
        Json max = schema.get("maximum");
        if (isWeaker(min, range.min(), 1)) {
            schema.put("minimum", new Json.Num(range.min()));
        }
        if (isWeaker(max, range.max(), -1)) {
            schema.put("maximum", new Json.Num(range.max()));
        }
    }

    /** Whether a bound says less than {@code bound}, in the direction of {@code sign}; what is no number is for others to refuse. */
    private static boolean isWeaker(@Nullable Json given, BigDecimal bound, int sign) {
        return given == null || given instanceof Json.Num(BigDecimal number) && bound.compareTo(number) == sign;
    }
}
