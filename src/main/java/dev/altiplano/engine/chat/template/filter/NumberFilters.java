package dev.altiplano.engine.chat.template.filter;

import dev.altiplano.engine.chat.template.text.TemplateException;
import dev.altiplano.engine.chat.template.text.Text;
import dev.altiplano.engine.chat.template.value.Arguments;
import dev.altiplano.engine.chat.template.value.Arithmetic;
import dev.altiplano.engine.chat.template.value.Numbers;
import dev.altiplano.engine.chat.template.value.Operators;
import dev.altiplano.engine.chat.template.value.Rendering;
import dev.altiplano.engine.chat.template.value.Undefined;
import dev.altiplano.engine.chat.template.value.Values.None;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Filters that make numbers, and round them. */
final class NumberFilters {

    private NumberFilters() {}

    static void define(Map<String, Filter> filters) {
        filters.put("int", NumberFilters::whole);
        filters.put("float", NumberFilters::real);
        filters.put("abs", NumberFilters::absolute);
        filters.put("round", NumberFilters::round);
    }

    private static Object whole(Rendering rendering, Object value, Arguments arguments) {
        @Nullable Object[] given = arguments.bind("int", "default", "base");
        Object absent = given[0] == null ? (Object) 0L : given[0];
        long base = given[1] == null ? 10 : Operators.integer(given[1], "int's base");
        return switch (value) {
            case Long _, BigInteger _ -> value;
            case Boolean b -> b ? 1L : 0L;
            case Double d -> truncated(d, absent);
            case Text text -> {
                Object number = Numbers.whole(text.string(), Math.clamp(base, 0, 99));
                Double real = number == null ? Numbers.real(text.string()) : null;
                yield number != null ? number : real != null ? truncated(real, absent) : absent;
            }
            case Undefined undefined -> throw undefined.refusal();
            default -> absent;
        };
    }

    private static Object truncated(double number, Object absent) {
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            return absent;
        }
        return Numbers.smallest(new BigDecimal(number).toBigInteger());
    }

    private static Object real(Rendering rendering, Object value, Arguments arguments) {
        Object given = arguments.bind("float", "default")[0];
        Object absent = given == null ? (Object) 0.0 : given;
        if (value instanceof Undefined undefined) {
            throw undefined.refusal();
        }
        if (Operators.isNumber(value)) {
            return Operators.real(value);
        }
        Double number = value instanceof Text text ? Numbers.real(text.string()) : null;
        return number == null ? absent : (Object) number;
    }

    private static Object absolute(Rendering rendering, Object value, Arguments arguments) {
        arguments.bind("abs");
        if (value instanceof Double number) {
            return Math.abs(number);
        }
        if (value instanceof BigInteger number) {
            return number.abs();
        }
        long number = Operators.integer(value, "what abs takes");
        return number < 0 ? Arithmetic.SUBTRACT.apply(rendering, 0L, number) : (Object) number;
    }

    private static Object round(Rendering rendering, Object value, Arguments arguments) {
        @Nullable Object[] given = arguments.bind("round", "precision", "method");
        long decimals =
                given[0] == null || given[0] == None.NONE ? 0 : Operators.integer(given[0], "round's precision");
        String method = given[1] == null ? "common" : given[1].toString();
        if (value instanceof Undefined undefined) {
            throw undefined.refusal();
        }
        if (!Operators.isNumber(value)) {
            throw TemplateException.of("round takes a number, not a " + Operators.typeName(value));
        }
        boolean whole = !(value instanceof Double);
        double number = Operators.real(value);
        return switch (method) {
            case "common" ->
                whole && decimals >= 0
                        ? value
                        : whole
                                ? truncated(Numbers.round(number, decimals, RoundingMode.HALF_EVEN), 0L)
                                : (Object) Numbers.round(number, decimals, RoundingMode.HALF_EVEN);
            case "ceil" -> Math.ceil(number * Math.pow(10, (double) decimals)) / Math.pow(10, (double) decimals);
            case "floor" -> Math.floor(number * Math.pow(10, (double) decimals)) / Math.pow(10, (double) decimals);
            default -> throw TemplateException.of("round's method is common, ceil or floor");
        };
    }
}
