package dev.altiplano.engine.chat.template.value;

import dev.altiplano.engine.chat.template.text.TemplateException;
import dev.altiplano.engine.chat.template.text.Text;
import dev.altiplano.engine.chat.template.text.TextBuilder;
import dev.altiplano.engine.chat.template.value.Values.Dict;
import dev.altiplano.engine.chat.template.value.Values.Items;
import dev.altiplano.engine.chat.template.value.Values.None;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The {@code %} of strings: conversions with flags, width and precision. */
public final class PrintfFormat {

    private static final Pattern FIELD =
            Pattern.compile("%(?:\\(([^)]*)\\))?([-+ 0#]*)([0-9]{0,4}|[*])(?:[.]([0-9]{0,3}|[*]))?([a-zA-Z%])");

    private static final int MAX_SIZE = 9_999;
    private static final int DEFAULT_DECIMALS = 6;

    private PrintfFormat() {}

    /** {@code format % value}. */
    public static Text format(Rendering rendering, Text format, Object value) {
        List<Object> values =
                value instanceof Items items && items.kind() != Items.Kind.LIST ? items.items() : List.of(value);
        TextBuilder result = new TextBuilder();
        Matcher field = FIELD.matcher(format.string());
        int from = 0;
        int used = 0;
        while (true) {
            int sign = format.string().indexOf('%', from);
            if (sign < 0) {
                break;
            }
            result.append(format.substring(from, sign));
            field.region(sign, format.length());
            if (!field.lookingAt()) {
                throw TemplateException.of("format: an incomplete conversion after '%'; write '%%' for the character");
            }
            from = field.end();
            if (field.group(5).equals("%")) {
                result.append('%', true);
                continue;
            }
            Arguments given = new Arguments(values, used);
            int width = size(field.group(3), given);
            int precision = field.group(4) == null ? -1 : size(field.group(4), given);
            Object argument = field.group(1) == null
                    ? given.next()
                    : value instanceof Dict dict ? dict.entries().get(Text.trusted(field.group(1))) : null;
            if (argument == null) {
                throw TemplateException.of("format: not enough values for the conversions");
            }
            used = given.used;
            result.append(padded(rendering, converted(rendering, field, precision, argument), field, width));
        }
        if (used < values.size() && (used > 0 || refusesUnused(value))) {
            throw TemplateException.of("format: more values than conversions");
        }
        return result.append(format.substring(from, format.length())).toText();
    }

    /** Whether a value that no conversion takes is an error: not one that could be asked for names. */
    private static boolean refusesUnused(Object value) {
        return value instanceof Text
                || value instanceof None
                || Operators.isNumber(value)
                || value instanceof Items items && items.kind() != Items.Kind.LIST;
    }

    /** The values that are still to be converted. */
    private static final class Arguments {
        private final List<Object> values;
        private int used;

        Arguments(List<Object> values, int used) {
            this.values = values;
            this.used = used;
        }

        @Nullable
        Object next() {
            return used < values.size() ? values.get(used++) : null;
        }
    }

    /** A width or precision: written, or the next value for {@code *}. */
    private static int size(String written, Arguments arguments) {
        if (!written.equals("*")) {
            return written.isEmpty() ? 0 : Integer.parseInt(written);
        }
        Object size = arguments.next();
        if (!(size instanceof Long number) || number < 0 || number > MAX_SIZE) {
            throw TemplateException.of("format: '*' needs an integer from 0 to " + MAX_SIZE);
        }
        return number.intValue();
    }

    private static Text converted(Rendering rendering, Matcher field, int precision, Object argument) {
        String kind = field.group(5);
        return switch (kind) {
            case "s", "r", "a" -> {
                Text text = kind.equals("s")
                        ? Display.text(rendering, argument)
                        : Display.representation(rendering, argument);
                yield precision >= 0 && text.codePoints() > precision
                        ? text.substring(0, text.offset(precision))
                        : text;
            }
            case "c" -> character(argument);
            case "d", "i", "u", "x", "X", "o" -> {
                BigInteger number = integer(argument, kind);
                String digits = switch (kind) {
                    case "x" -> number.abs().toString(16);
                    case "X" -> number.abs().toString(16).toUpperCase(Locale.ROOT);
                    case "o" -> number.abs().toString(8);
                    default -> number.abs().toString();
                };
                String prefix = field.group(2).contains("#") && "xXo".contains(kind) ? "0" + kind : "";
                String zeros = "0".repeat(Math.max(0, precision - digits.length()));
                yield Text.trusted(signed(field, (number.signum() < 0 ? "-" : "") + prefix + zeros + digits));
            }
            case "e", "E", "f", "F", "g", "G" -> {
                if (!Operators.isNumber(argument)) {
                    throw TemplateException.of("%" + kind + " needs a number, not a " + Operators.typeName(argument));
                }
                double number = Operators.real(argument);
                int decimals = precision < 0 ? DEFAULT_DECIMALS : precision;
                String digits = switch (kind) {
                    case "e", "E" -> NumberText.scientific(number, decimals);
                    case "f", "F" -> NumberText.fixed(number, decimals);
                    default ->
                        NumberText.general(number, decimals, field.group(2).contains("#"), false);
                };
                boolean upper = Character.isUpperCase(kind.charAt(0));
                yield Text.trusted(signed(field, upper ? digits.toUpperCase(Locale.ROOT) : digits));
            }
            default -> throw TemplateException.of("format: the conversion '%" + kind + "' is not known");
        };
    }

    private static BigInteger integer(Object argument, String kind) {
        if (argument instanceof Double real && !real.isNaN() && !real.isInfinite() && "diu".contains(kind)) {
            return new BigDecimal(real).toBigInteger();
        }
        return argument instanceof BigInteger big ? big : BigInteger.valueOf(Operators.integer(argument, "%" + kind));
    }

    private static Text character(Object argument) {
        if (argument instanceof Text text && text.codePoints() == 1) {
            return text;
        }
        if (argument instanceof Long code && code >= 0 && code <= Character.MAX_CODE_POINT) {
            return Text.of(Character.toString(code.intValue()), false);
        }
        throw TemplateException.of("%c needs a character or its number");
    }

    private static String signed(Matcher field, String digits) {
        if (digits.startsWith("-")) {
            return digits;
        }
        return field.group(2).contains("+") ? "+" + digits : field.group(2).contains(" ") ? " " + digits : digits;
    }

    private static Text padded(Rendering rendering, Text text, Matcher field, int width) {
        int missing = width - text.codePoints();
        rendering.spendCharacters((long) text.length() + Math.max(0, missing));
        if (missing <= 0) {
            return text;
        }
        boolean left = field.group(2).contains("-");
        boolean zero = !left && field.group(2).contains("0") && !"srac".contains(field.group(5));
        int sign = zero && !text.isEmpty() && "+- ".indexOf(text.string().charAt(0)) >= 0 ? 1 : 0;
        return new TextBuilder()
                .append(text.substring(0, sign))
                .append(left ? "" : (zero ? "0" : " ").repeat(missing), true)
                .append(text.substring(sign, text.length()))
                .append(left ? " ".repeat(missing) : "", true)
                .toText();
    }
}
