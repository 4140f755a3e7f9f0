package dev.altiplano.engine.chat.template.value;

import dev.altiplano.engine.chat.template.text.Text;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Numbers read from text, as literals and as Python's {@code int()} and {@code float()} read them, and rounding. */
public final class Numbers {

    private static final int LONGEST = 400;
    private static final Pattern REAL = Pattern.compile(
            "[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)?|[+-]?(inf|infinity|nan)", Pattern.CASE_INSENSITIVE);

    private Numbers() {}

    /** The integer as the value that a template holds: a {@code Long} where it has 64 bits. */
    public static Object smallest(BigInteger number) {
        return number.bitLength() < Long.SIZE ? (Object) number.longValue() : number;
    }

    /** {@code int(string, base)} where it has 64 bits, else null. */
    public static @Nullable Long integer(String string, int base) {
        return whole(string, base) instanceof Long number ? number : null;
    }

    /** {@code int(string, base)}, or null; base 0 takes a prefix. */
    public static @Nullable Object whole(String string, int base) {
        String digits = Text.trusted(string).strip(null, true, true).string().replace("_", "");
        String sign = digits.startsWith("-") ? "-" : "";
        digits = digits.startsWith("-") || digits.startsWith("+") ? digits.substring(1) : digits;
        int radix = base;
        if (digits.length() > 2 && digits.charAt(0) == '0') {
            int prefix = switch (digits.charAt(1)) {
                case 'x', 'X' -> 16;
                case 'o', 'O' -> 8;
                case 'b', 'B' -> 2;
                default -> 0;
            };
            if (prefix != 0 && (base == 0 || base == prefix)) {
                digits = digits.substring(2);
                radix = prefix;
            }
        }
        radix = radix == 0 ? 10 : radix;
        if (digits.isEmpty()
                || digits.length() > LONGEST
                || digits.startsWith("+")
                || digits.startsWith("-")
                || radix < 2
                || radix > 36) {
            return null;
        }
        try {
            return smallest(new BigInteger(sign + digits, radix));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** {@code float(string)}, or null. */
    public static @Nullable Double real(String string) {
        String digits = Text.trusted(string).strip(null, true, true).string();
        if (digits.length() > LONGEST || !REAL.matcher(digits).matches()) {
            return null;
        }
        boolean negative = digits.startsWith("-");
        String unsigned = digits.startsWith("-") || digits.startsWith("+") ? digits.substring(1) : digits;
        double value = switch (unsigned.charAt(0)) {
            case 'i', 'I' -> Double.POSITIVE_INFINITY;
            case 'n', 'N' -> Double.NaN;
            default -> Double.parseDouble(unsigned);
        };
        return negative ? -value : value;
    }

    /** To a number of decimals, halves of the exact value to even. */
    public static double round(double value, long decimals, RoundingMode mode) {
        if (Double.isNaN(value) || Double.isInfinite(value) || decimals > 330) {
            return value;
        }
        return decimals < -330
                ? Math.copySign(0.0, value)
                : Math.copySign(
                        new BigDecimal(value).setScale((int) decimals, mode).doubleValue(), value);
    }
}
