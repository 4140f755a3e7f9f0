package dev.altiplano.engine.chat.template.value;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** Floating-point numbers in the layouts that C's {@code printf} and Python's {@code format} have, rounded from the exact value. */
final class NumberText {

    private static final int LOWEST_PLAIN_EXPONENT = -4;

    private NumberText() {}

    /** {@code f}: with a number of decimals. */
    static String fixed(double number, int decimals) {
        return special(number)
                ? Display.real(number)
                : signed(
                        number,
                        exact(number).setScale(decimals, RoundingMode.HALF_EVEN).toPlainString());
    }

    /** {@code e}: one digit, a number of decimals and an exponent. */
    static String scientific(double number, int decimals) {
        return special(number) ? Display.real(number) : signed(number, scientific(exact(number), decimals, false));
    }

    /**
     * {@code g}: a number of digits, without zeros at the end, with an exponent where it is below -4 or there are more digits before the point.
     *
     * @param point whether there is always a decimal, as in a float that Python prints
     */
    static String general(double number, int precision, boolean keepsZeros, boolean point) {
        if (special(number)) {
            return Display.real(number);
        }
        int digits = Math.max(1, precision);
        BigDecimal rounded = exact(number).round(new MathContext(digits, RoundingMode.HALF_EVEN));
        int exponent = exponent(rounded);
        if (exponent < LOWEST_PLAIN_EXPONENT || exponent >= (point ? digits - 1 : digits) && exponent > 0) {
            return signed(number, scientific(rounded, digits - 1, !keepsZeros));
        }
        String plain = rounded.setScale(Math.max(0, digits - 1 - exponent), RoundingMode.HALF_EVEN)
                .toPlainString();
        String text = keepsZeros ? plain : withoutZeros(plain);
        return signed(number, point && text.indexOf('.') < 0 ? text + ".0" : text);
    }

    private static String scientific(BigDecimal number, int decimals, boolean dropsZeros) {
        BigDecimal rounded = number.round(new MathContext(decimals + 1, RoundingMode.HALF_EVEN));
        int exponent = exponent(rounded);
        String mantissa = rounded.movePointLeft(exponent)
                .setScale(decimals, RoundingMode.HALF_EVEN)
                .toPlainString();
        return (dropsZeros ? withoutZeros(mantissa) : mantissa)
                + String.format(Locale.ROOT, "e%c%02d", exponent < 0 ? '-' : '+', Math.abs(exponent));
    }

    private static int exponent(BigDecimal number) {
        return number.signum() == 0 ? 0 : number.precision() - number.scale() - 1;
    }

    private static String withoutZeros(String digits) {
        int end = digits.length();
        while (digits.indexOf('.') >= 0 && digits.charAt(end - 1) == '0') {
            end--;
        }
        return digits.substring(0, digits.charAt(end - 1) == '.' ? end - 1 : end);
    }

    private static BigDecimal exact(double number) {
        return new BigDecimal(Math.abs(number));
    }

    private static String signed(double number, String digits) {
        return number < 0 || number == 0 && 1 / number < 0 ? "-" + digits : digits;
    }

    private static boolean special(double number) {
        return Double.isNaN(number) || Double.isInfinite(number);
    }
}
