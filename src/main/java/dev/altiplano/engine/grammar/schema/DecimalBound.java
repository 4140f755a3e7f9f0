package dev.altiplano.engine.grammar.schema;

import dev.altiplano.engine.grammar.automaton.Regular;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/**
 * A bound of numbers, as an expression over their digits. The numbers have no leading zeros, no exponent; how many
 * digits they may have is for another automaton to say.
 */
record DecimalBound(BigDecimal value, boolean inclusive) {

    private static final Regular DIGIT = Regular.chars('0', '9');
    private static final Regular DIGITS = Regular.star(DIGIT);
    private static final Regular FRACTION = Regular.optional(Regular.concat(Regular.literal("."), DIGIT, DIGITS));
    private static final Regular ZEROS = Regular.star(Regular.literal("0"));
    private static final Regular SIGN = Regular.literal("-");
    private static final Regular ANY = Regular.concat(
            Regular.either(Regular.literal("0"), Regular.concat(Regular.chars('1', '9'), DIGITS)), FRACTION);
    /** Numbers above zero. */
    private static final Regular POSITIVE = above("0", "", false);

    /** Numbers that are not below the bound. */
    Regular atLeast() {
        String whole = whole();
        String fraction = fraction();
        if (value.signum() < 0) {
            return Regular.either(ANY, Regular.concat(SIGN, below(whole, fraction, inclusive)));
        }
        return above(whole, fraction, inclusive);
    }

    /** Numbers that are not above the bound. */
    Regular atMost() {
        String whole = whole();
        String fraction = fraction();
        if (value.signum() < 0) {
            return Regular.concat(SIGN, above(whole, fraction, inclusive));
        }
        Regular negative = Regular.concat(SIGN, POSITIVE);
        return Regular.either(negative, below(whole, fraction, inclusive));
    }

    private String whole() {
        return value.abs().toBigInteger().toString();
    }

    private String fraction() {
        BigDecimal rest = value.abs().remainder(BigDecimal.ONE).stripTrailingZeros();
        return rest.signum() == 0 ? "" : rest.toPlainString().substring(2);
    }

    private static Regular above(String whole, String fraction, boolean inclusive) {
        List<Regular> options = new ArrayList<>();
        options.add(Regular.concat(
                Regular.chars('1', '9'), new Regular.Repeat(DIGIT, whole.length(), Regular.UNBOUNDED), FRACTION));
        for (int i = 0; i < whole.length(); i++) {
            if (whole.charAt(i) < '9') {
                options.add(Regular.concat(
                        Regular.literal(whole.substring(0, i)),
                        Regular.chars(whole.charAt(i) + 1, '9'),
                        times(whole.length() - 1 - i),
                        FRACTION));
            }
        }
        options.add(Regular.concat(Regular.literal(whole), fractionAbove(fraction, inclusive)));
        return new Regular.Either(options);
    }

    private static Regular fractionAbove(String fraction, boolean inclusive) {
        List<Regular> options = new ArrayList<>();
        for (int i = 0; i < fraction.length(); i++) {
            if (fraction.charAt(i) < '9') {
                options.add(Regular.concat(
                        Regular.literal("." + fraction.substring(0, i)),
                        Regular.chars(fraction.charAt(i) + 1, '9'),
                        DIGITS));
            }
        }
        if (!inclusive) {
            options.add(Regular.concat(Regular.literal("." + fraction), ZEROS, Regular.chars('1', '9'), DIGITS));
        } else if (fraction.isEmpty()) {
            options.add(FRACTION);
        } else {
            options.add(Regular.concat(Regular.literal("." + fraction), DIGITS));
        }
        return new Regular.Either(options);
    }

    private static Regular below(String whole, String fraction, boolean inclusive) {
        List<Regular> options = new ArrayList<>();
        for (int length = 1; length < whole.length(); length++) {
            options.add(
                    length == 1
                            ? Regular.concat(DIGIT, FRACTION)
                            : Regular.concat(Regular.chars('1', '9'), times(length - 1), FRACTION));
        }
        for (int i = 0; i < whole.length(); i++) {
            int lowest = i == 0 && whole.length() > 1 ? '1' : '0';
            if (whole.charAt(i) > lowest) {
                options.add(Regular.concat(
                        Regular.literal(whole.substring(0, i)),
                        Regular.chars(lowest, whole.charAt(i) - 1),
                        times(whole.length() - 1 - i),
                        FRACTION));
            }
        }
        options.add(Regular.concat(Regular.literal(whole), fractionBelow(fraction, inclusive)));
        return new Regular.Either(options);
    }

    private static Regular fractionBelow(String fraction, boolean inclusive) {
        List<Regular> options = new ArrayList<>();
        if (inclusive || !fraction.isEmpty()) {
            options.add(Regular.EMPTY);
        }
        for (int i = 0; i < fraction.length(); i++) {
            if (fraction.charAt(i) > '0') {
                options.add(Regular.concat(
                        Regular.literal("." + fraction.substring(0, i)),
                        Regular.chars('0', fraction.charAt(i) - 1),
                        DIGITS));
            }
            if (i > 0) {
                options.add(Regular.literal("." + fraction.substring(0, i)));
            }
        }
        if (inclusive) {
            options.add(
                    fraction.isEmpty()
                            ? Regular.optional(Regular.concat(Regular.literal(".0"), ZEROS))
                            : Regular.concat(Regular.literal("." + fraction), ZEROS));
        }
        return new Regular.Either(options);
    }

    private static Regular times(int count) {
        return new Regular.Repeat(DIGIT, count, count);
    }
}
