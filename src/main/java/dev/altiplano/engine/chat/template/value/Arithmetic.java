package dev.altiplano.engine.chat.template.value;

import dev.altiplano.engine.chat.template.text.TemplateException;
import dev.altiplano.engine.chat.template.text.Text;
import dev.altiplano.engine.chat.template.text.TextBuilder;
import dev.altiplano.engine.chat.template.value.Values.Items;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** The arithmetic operators, for numbers (integers of any size up to a limit, floating point), strings and lists. */
public enum Arithmetic {
    ADD("+"),
    SUBTRACT("-"),
    MULTIPLY("*"),
    DIVIDE("/"),
    FLOOR_DIVIDE("//"),
    REMAINDER("%"),
    POWER("**");

    private static final int MAX_BITS = 4096;

    private final String sign;

    Arithmetic(String sign) {
        this.sign = sign;
    }

    public Object apply(Rendering rendering, Object a, Object b) {
        if (Operators.isNumber(a) && Operators.isNumber(b)) {
            return a instanceof Double || b instanceof Double || this == DIVIDE
                    ? real(Operators.real(a), Operators.real(b))
                    : whole(rendering, a, b);
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
            case FLOOR_DIVIDE -> Math.rint((a - remainder(a, b)) / b);
            case REMAINDER -> remainder(a, b);
            case POWER -> Math.pow(a, b);
        };
    }

    /** With the sign of the divisor, also where it is 0. */
    private static double remainder(double a, double b) {
        double rest = a % b;
        return rest == 0 ? Math.copySign(0.0, b) : (rest < 0) != (b < 0) ? rest + b : rest;
    }

    private Object whole(Rendering rendering, Object a, Object b) {
        if (!(a instanceof BigInteger) && !(b instanceof BigInteger) && this != POWER) {
            long x = Operators.integer(a, "an operand");
            long y = Operators.integer(b, "an operand");
            try {
                return switch (this) {
                    case ADD -> Math.addExact(x, y);
                    case SUBTRACT -> Math.subtractExact(x, y);
                    case MULTIPLY -> Math.multiplyExact(x, y);
                    case FLOOR_DIVIDE -> Math.floorDivExact(x, y);
                    default -> Math.floorMod(x, y);
                };
            } catch (ArithmeticException e) {
                if (y == 0 && (this == FLOOR_DIVIDE || this == REMAINDER)) {
                    throw TemplateException.of("division by zero");
                }
            }
        }
        rendering.spend(MAX_BITS / 64);
        return large(Operators.big(a), Operators.big(b));
    }

    private Object large(BigInteger a, BigInteger b) {
        return switch (this) {
            case ADD -> limited(a.add(b));
            case SUBTRACT -> limited(a.subtract(b));
            case MULTIPLY -> limited(a.multiply(b));
            case POWER -> power(a, b);
            default -> {
                if (b.signum() == 0) {
                    throw TemplateException.of("division by zero");
                }
                BigInteger[] parts = a.divideAndRemainder(b);
                boolean differs = parts[1].signum() * b.signum() < 0;
                yield this == REMAINDER
                        ? limited(differs ? parts[1].add(b) : parts[1])
                        : limited(differs ? parts[0].subtract(BigInteger.ONE) : parts[0]);
            }
        };
    }

    private Object power(BigInteger base, BigInteger exponent) {
        if (exponent.signum() < 0) {
            if (base.signum() == 0) {
                throw TemplateException.of("division by zero");
            }
            return Math.pow(base.doubleValue(), exponent.doubleValue());
        }
        if (base.abs().bitLength() < 2) {
            return base.signum() < 0 && !exponent.testBit(0) || exponent.signum() == 0 ? 1L : base.longValue();
        }
        if (exponent.bitLength() > 31 || base.bitLength() * exponent.longValue() > 2L * MAX_BITS) {
            throw tooLarge();
        }
        return limited(base.pow(exponent.intValue()));
    }

    private Object limited(BigInteger number) {
        if (number.bitLength() > MAX_BITS) {
            throw tooLarge();
        }
        return Numbers.smallest(number);
    }

    private TemplateException tooLarge() {
        return TemplateException.of("'" + sign + "' gives more than " + MAX_BITS + " bits");
    }
}
