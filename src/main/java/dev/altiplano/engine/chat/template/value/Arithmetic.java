package dev.altiplano.engine.chat.template.value;

import dev.altiplano.engine.chat.template.text.TemplateException;
import dev.altiplano.engine.chat.template.text.Text;
import dev.altiplano.engine.chat.template.text.TextBuilder;
import dev.altiplano.engine.chat.template.value.Values.Items;
import java.util.ArrayList;
import java.util.List;

/** The arithmetic operators, for numbers (64-bit integers, floating point), strings and lists. */
public enum Arithmetic {
    ADD("+"),
    SUBTRACT("-"),
    MULTIPLY("*"),
    DIVIDE("/"),
    FLOOR_DIVIDE("//"),
    REMAINDER("%"),
    POWER("**");

    private static final double TWO_TO_THE_63 = 0x1p63;

    private final String sign;

    Arithmetic(String sign) {
        this.sign = sign;
    }

    public Object apply(Rendering rendering, Object a, Object b) {
        if (Operators.isNumber(a) && Operators.isNumber(b)) {
            return a instanceof Double || b instanceof Double || this == DIVIDE
                    ? real(Operators.real(a), Operators.real(b))
                    : whole(Operators.integer(a, "an operand"), Operators.integer(b, "an operand"));
        }
        if (this == ADD && a instanceof Text x && b instanceof Text y) {
            rendering.spendCharacters((long) x.length() + y.length());
            return new TextBuilder().append(x).append(y).toText();
        }
        if (this == ADD && a instanceof Items x && b instanceof Items y && x.kind() == y.kind()) {
            rendering.spend((long) x.items().size() + y.items().size());
            List<Object> sum = new ArrayList<>(x.items());
            sum.addAll(y.items());
            return new Items(sum, x.kind());
        }
        if (this == MULTIPLY && (a instanceof Long || a instanceof Boolean)) {
            return repeat(rendering, b, a);
        }
        if (this == MULTIPLY) {
            return repeat(rendering, a, b);
        }
        if (this == REMAINDER && a instanceof Text format) {
            return PrintfFormat.format(rendering, format, b);
        }
        throw refused(a, b);
    }

    private TemplateException refused(Object a, Object b) {
        if (a instanceof Undefined undefined) {
            return undefined.refusal();
        }
        if (b instanceof Undefined undefined) {
            return undefined.refusal();
        }
        return TemplateException.of("'" + sign + "' does not take a " + Operators.typeName(a) + " and a "
                + Operators.typeName(b) + (this == ADD ? "; '~' joins values of any kind as text" : ""));
    }

    private Object repeat(Rendering rendering, Object repeated, Object times) {
        if (!(times instanceof Long || times instanceof Boolean)) {
            throw refused(repeated, times);
        }
        long count = Math.max(0, Operators.integer(times, "a factor"));
        return switch (repeated) {
            case Text text -> {
                long length = saturated(count, text.length());
                rendering.spendCharacters(length);
                if (text.flips().length == 0) {
                    yield Text.of(
                            text.string().repeat(Math.toIntExact(text.isEmpty() ? 0 : count)), text.firstTrusted());
                }
                TextBuilder result = new TextBuilder();
                for (long i = 0; i < count; i++) {
                    result.append(text);
                }
                yield result.toText();
            }
            case Items items -> {
                rendering.spend(saturated(count, items.items().size()));
                List<Object> result = new ArrayList<>();
                for (long i = 0; i < count && !items.items().isEmpty(); i++) {
                    result.addAll(items.items());
                }
                yield new Items(result, items.kind());
            }
            default -> throw refused(repeated, times);
        };
    }

    private static long saturated(long count, int size) {
        return size == 0 ? 0 : count > Long.MAX_VALUE / 4 / size ? Long.MAX_VALUE / 4 : count * size;
    }

    private Object real(double a, double b) {
        if (b == 0 && (this == DIVIDE || this == FLOOR_DIVIDE || this == REMAINDER)) {
            throw TemplateException.of("division by zero");
        }
        return switch (this) {
            case ADD -> a + b;
            case SUBTRACT -> a - b;
            case MULTIPLY -> a * b;
            case DIVIDE -> a / b;
            case FLOOR_DIVIDE -> Math.floor(a / b);
            case REMAINDER -> {
                double rest = a % b;
                yield rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
            }
            case POWER -> Math.pow(a, b);
        };
    }

    private Object whole(long a, long b) {
        try {
            return switch (this) {
                case ADD -> Math.addExact(a, b);
                case SUBTRACT -> Math.subtractExact(a, b);
                case MULTIPLY -> Math.multiplyExact(a, b);
                case DIVIDE -> throw new AssertionError("division gives a floating-point number");
                case FLOOR_DIVIDE -> Math.floorDiv(a, b);
                case REMAINDER -> Math.floorMod(a, b);
                case POWER -> power(a, b);
            };
        } catch (ArithmeticException e) {
            throw TemplateException.of(
                    b == 0 && this != POWER ? "division by zero" : "'" + sign + "' gives more than 64 bits");
        }
    }

    private static Object power(long base, long exponent) {
        if (exponent < 0) {
            if (base == 0) {
                throw TemplateException.of("division by zero");
            }
            return Math.pow((double) base, (double) exponent);
        }
        if (Math.abs(Math.pow((double) base, (double) exponent)) >= TWO_TO_THE_63) {
            throw new ArithmeticException("overflow");
        }
        return Math.powExact(
                base, Math.toIntExact(Math.min(exponent, Math.abs(base) < 2 ? 2 + exponent % 2 : exponent)));
    }
}
