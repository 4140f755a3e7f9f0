package dev.altiplano.engine.chat.template.value;

import dev.altiplano.engine.chat.template.text.TemplateException;
import dev.altiplano.engine.chat.template.text.Text;
import dev.altiplano.engine.chat.template.text.TextBuilder;
import dev.altiplano.engine.chat.template.value.Values.Dict;
import dev.altiplano.engine.chat.template.value.Values.Items;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The {@code %} of strings: conversions s, r, d, i, f, x, X, o, c with flags, width and precision. */
public final class PrintfFormat {

    private static final Pattern FIELD =
            Pattern.compile("%(?:\\(([^)]*)\\))?([-+ 0#]*)([0-9]{0,4})(?:[.]([0-9]{0,3}))?([a-zA-Z%])");

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
            Object argument;
            if (field.group(1) != null) {
                argument = value instanceof Dict dict ? dict.entries().get(Text.trusted(field.group(1))) : null;
            } else {
                argument = used < values.size() ? values.get(used) : null;
                used++;
            }
            if (argument == null) {
                throw TemplateException.of("format: not enough values for the conversions");
            }
            result.append(padded(rendering, converted(rendering, field, argument), field));
        }
        if (used < values.size() && !(value instanceof Dict) && (used > 0 || !(value instanceof Items))) {
            throw TemplateException.of("format: more values than conversions");
        }
        return result.append(format.substring(from, format.length())).toText();
    }

    private static Text converted(Rendering rendering, Matcher field, Object argument) {
        String precision = field.group(4);
        return switch (field.group(5)) {
            case "s", "r" -> {
                Text text = Display.text(rendering, argument);
                if (field.group(5).equals("r")) {
                    TextBuilder quoted = new TextBuilder();
                    Display.represent(rendering, argument, quoted, 0);
                    text = quoted.toText();
                }
                int most = precision == null || precision.isEmpty() ? Integer.MAX_VALUE : Integer.parseInt(precision);
                yield text.codePoints() > most ? text.substring(0, text.offset(most)) : text;
            }
            case "d", "i", "u", "x", "X", "o" -> {
                long number = argument instanceof Double real
                        ? (long) (double) real
                        : Operators.integer(argument, "%" + field.group(5));
                String digits = switch (field.group(5)) {
                    case "x" -> Long.toString(number, 16);
                    case "X" -> Long.toString(number, 16).toUpperCase(Locale.ROOT);
                    case "o" -> Long.toString(number, 8);
                    default -> Long.toString(number);
                };
                yield Text.trusted(signed(field, digits));
            }
            case "f", "F" -> {
                if (!Operators.isNumber(argument)) {
                    throw TemplateException.of("%f needs a number, not a " + Operators.typeName(argument));
                }
                double number = Operators.real(argument);
                int decimals = precision == null ? 6 : precision.isEmpty() ? 0 : Integer.parseInt(precision);
                yield Text.trusted(signed(
                        field,
                        Double.isNaN(number) || Double.isInfinite(number)
                                ? Display.real(number)
                                : new BigDecimal(number)
                                        .setScale(decimals, RoundingMode.HALF_EVEN)
                                        .toPlainString()));
            }
            default -> throw TemplateException.of("format: the conversion '%" + field.group(5) + "' is not known");
        };
    }

    private static String signed(Matcher field, String digits) {
        if (digits.startsWith("-")) {
            return digits;
        }
        return field.group(2).contains("+") ? "+" + digits : field.group(2).contains(" ") ? " " + digits : digits;
    }

    private static Text padded(Rendering rendering, Text text, Matcher field) {
        int missing = field.group(3).isEmpty() ? 0 : Integer.parseInt(field.group(3)) - text.codePoints();
        rendering.spendCharacters((long) text.length() + Math.max(0, missing));
        if (missing <= 0) {
            return text;
        }
        boolean left = field.group(2).contains("-");
        boolean zero = !left && field.group(2).contains("0") && !"sr".contains(field.group(5));
        int sign = zero && !text.isEmpty() && "+- ".indexOf(text.string().charAt(0)) >= 0 ? 1 : 0;
        return new TextBuilder()
                .append(text.substring(0, sign))
                .append(left ? "" : (zero ? "0" : " ").repeat(missing), true)
                .append(text.substring(sign, text.length()))
                .append(left ? " ".repeat(missing) : "", true)
                .toText();
    }
}
