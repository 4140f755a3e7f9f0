package dev.altiplano.engine.chat.template.value;

import dev.altiplano.engine.chat.template.text.Characters;
import dev.altiplano.engine.chat.template.text.TemplateException;
import dev.altiplano.engine.chat.template.text.Text;
import dev.altiplano.engine.chat.template.text.TextBuilder;
import dev.altiplano.engine.chat.template.value.Values.Dict;
import dev.altiplano.engine.chat.template.value.Values.Generator;
import dev.altiplano.engine.chat.template.value.Values.Items;
import dev.altiplano.engine.chat.template.value.Values.Namespace;
import dev.altiplano.engine.chat.template.value.Values.None;
import dev.altiplano.engine.chat.template.value.Values.Range;
import dev.altiplano.engine.chat.template.value.Values.View;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Map;

/** Values as Python writes them: {@code str} for what is printed, {@code repr} for what is inside a list or dict. */
public final class Display {

    public static final int MAX_NESTING = 200;

    private Display() {}

    /** The text of a value: {@code str(value)}. */
    public static Text text(Rendering rendering, Object value) {
        if (value instanceof Text text) {
            return text;
        }
        TextBuilder out = new TextBuilder();
        print(rendering, value, out);
        return out.toText();
    }

    /** Appends {@code str(value)}. */
    public static void print(Rendering rendering, Object value, TextBuilder out) {
        switch (value) {
            case Text text -> out.append(text);
            case Undefined undefined -> {
                if (rendering.strict()) {
                    throw undefined.refusal();
                }
            }
            default -> represent(rendering, value, out, 0);
        }
    }

    /** The text that Python's {@code repr(value)} is. */
    public static Text representation(Rendering rendering, Object value) {
        TextBuilder out = new TextBuilder();
        represent(rendering, value, out, 0);
        return out.toText();
    }

    /** Appends {@code repr(value)}. */
    static void represent(Rendering rendering, Object value, TextBuilder out, int nesting) {
        rendering.spend(1);
        if (nesting > MAX_NESTING) {
            throw TemplateException.of("a value nested deeper than " + MAX_NESTING + " cannot be printed");
        }
        switch (value) {
            case Text text -> quote(rendering, text, out);
            case Items items -> {
                boolean list = items.kind() == Items.Kind.LIST;
                out.append(list ? '[' : '(', true);
                parts(rendering, items.items(), out, nesting);
                if (!list && items.items().size() == 1) {
                    out.append(',', true);
                }
                out.append(list ? ']' : ')', true);
            }
            case Dict dict -> {
                out.append('{', true);
                String separator = "";
                for (Map.Entry<Object, Object> entry : dict.entries().entrySet()) {
                    out.append(separator, true);
                    represent(rendering, entry.getKey(), out, nesting + 1);
                    out.append(": ", true);
                    represent(rendering, entry.getValue(), out, nesting + 1);
                    separator = ", ";
                }
                out.append('}', true);
            }
            case View view -> {
                out.append(view.name() + "([", true);
                parts(rendering, view.items(), out, nesting);
                out.append("])", true);
            }
            case Range range ->
                out.append(
                        "range(" + range.start() + ", " + range.stop() + (range.step() == 1 ? "" : ", " + range.step())
                                + ")",
                        true);
            case Undefined _ -> out.append("Undefined", true);
            case None _, Boolean _, Number _ -> out.append(scalar(value), true);
            case Namespace namespace -> {
                out.append("<Namespace ", true);
                Dict attributes = new Dict();
                namespace
                        .attributes()
                        .forEach((name, attribute) -> attributes.entries().put(Text.trusted(name), attribute));
                represent(rendering, attributes, out, nesting + 1);
                out.append('>', true);
            }
            case Generator _, Function _ ->
                throw TemplateException.of("a " + Operators.typeName(value) + " cannot be printed"
                        + (value instanceof Generator ? "; make it a list with '| list' first" : ""));
            default -> throw TemplateException.of("a " + Operators.typeName(value) + " cannot be printed");
        }
    }

    private static void parts(Rendering rendering, List<Object> items, TextBuilder out, int nesting) {
        for (int i = 0; i < items.size(); i++) {
            if (i > 0) {
                out.append(", ", true);
            }
            represent(rendering, items.get(i), out, nesting + 1);
        }
    }

    /** None, a boolean or a number. */
    public static String scalar(Object value) {
        return switch (value) {
            case None _ -> "None";
            case Boolean b -> b ? "True" : "False";
            case Double d -> real(d);
            default -> value.toString();
        };
    }

    /** The shortest digits that read back as the same number, with an exponent where Python writes one. */
    static String real(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        if (value == 0) {
            return 1 / value < 0 ? "-0.0" : "0.0";
        }
        BigDecimal exact = shortest(value);
        String digits = exact.unscaledValue().abs().toString();
        int exponent = digits.length() - 1 - exact.scale();
        String sign = value < 0 ? "-" : "";
        if (exponent < -4 || exponent >= 16) {
            String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
            String power = Math.abs(exponent) < 10 ? "0" + Math.abs(exponent) : "" + Math.abs(exponent);
            return sign + digits.charAt(0) + fraction + "e" + (exponent < 0 ? "-" : "+") + power;
        }
        String plain = exact.abs().toPlainString();
        return sign + (plain.indexOf('.') < 0 ? plain + ".0" : plain);
    }

    /** Of the fewest digits: where one is enough, Java writes two. */
    private static BigDecimal shortest(double value) {
        BigDecimal written = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        BigDecimal digit = written.round(new MathContext(1));
        return digit.doubleValue() == value ? digit : written;
    }

    private static void quote(Rendering rendering, Text text, TextBuilder out) {
        String string = text.string();
        rendering.spendCharacters(string.length());
        char quote = string.indexOf('\'') >= 0 && string.indexOf('"') < 0 ? '"' : '\'';
        out.append(quote, true);
        for (int i = 0; i < string.length(); ) {
            int c = string.codePointAt(i);
            int width = Character.charCount(c);
            switch (c) {
                case '\\' -> out.append("\\\\", false);
                case '\n' -> out.append("\\n", false);
                case '\r' -> out.append("\\r", false);
                case '\t' -> out.append("\\t", false);
                default -> {
                    if (c == quote) {
                        out.append("\\" + quote, false);
                    } else if (Characters.isPrintable(c)) {
                        out.append(text.substring(i, i + width));
                    } else {
                        out.append(escape(c), false);
                    }
                }
            }
            i += width;
        }
        out.append(quote, true);
    }

    private static String escape(int c) {
        return c < 0x100
                ? String.format("\\x%02x", c)
                : c < 0x10000 ? String.format("\\u%04x", c) : String.format("\\U%08x", c);
    }
}
