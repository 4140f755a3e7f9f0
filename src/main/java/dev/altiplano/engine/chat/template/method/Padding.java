package dev.altiplano.engine.chat.template.method;

import dev.altiplano.engine.chat.template.text.TemplateException;
import dev.altiplano.engine.chat.template.text.Text;
import dev.altiplano.engine.chat.template.text.TextBuilder;
import dev.altiplano.engine.chat.template.value.Arguments;
import dev.altiplano.engine.chat.template.value.Operators;
import dev.altiplano.engine.chat.template.value.Rendering;
import org.jspecify.annotations.Nullable;

/** Strings made wider, in code points. */
public final class Padding {

    private Padding() {}

    /** {@code center}, {@code ljust} and {@code rjust}. */
    public static Text pad(Rendering rendering, Text text, Arguments arguments, String method) {
        @Nullable Object[] given = arguments.bind(method, "width", "fillchar");
        Object width = given[0];
        if (width == null) {
            throw TemplateException.of(method + " needs a width");
        }
        Text fill = given[1] == null ? Text.trusted(" ") : TextMethods.string(given[1], method);
        if (fill.codePoints() != 1) {
            throw TemplateException.of(method + " fills with one character");
        }
        long wanted = Operators.integer(width, "a width");
        long missing = Math.max(0, wanted - text.codePoints());
        long left = switch (method) {
            case "ljust" -> 0;
            case "rjust" -> missing;
            default -> missing / 2 + (missing & wanted & 1);
        };
        return filled(rendering, text, fill, left, missing - left);
    }

    /** {@code zfill}: behind a sign. */
    static Text zeros(Rendering rendering, Text text, Arguments arguments) {
        long missing = Math.max(0, Operators.integer(arguments.first("zfill"), "a width") - text.codePoints());
        int sign = text.string().startsWith("-") || text.string().startsWith("+") ? 1 : 0;
        Text number = filled(rendering, text.substring(sign, text.length()), Text.trusted("0"), missing, 0);
        return new TextBuilder().append(text.substring(0, sign)).append(number).toText();
    }

    private static Text filled(Rendering rendering, Text text, Text fill, long left, long right) {
        rendering.spendCharacters(text.length() + 2 * (Math.min(left, 1L << 40) + Math.min(right, 1L << 40)));
        return new TextBuilder()
                .append(fill.string().repeat((int) left), fill.isTrusted())
                .append(text)
                .append(fill.string().repeat((int) right), fill.isTrusted())
                .toText();
    }
}
