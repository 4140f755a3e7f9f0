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

    private static final int DEFAULT_TAB = 8;
    private static final int MAX_TAB = 1 << 20;

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

    /** {@code expandtabs}: tabs as blanks up to the next column that is a multiple. */
    static Text tabs(Rendering rendering, Text text, Arguments arguments) {
        Object given = arguments.bind("expandtabs", "tabsize")[0];
        long size = Math.clamp(given == null ? DEFAULT_TAB : Operators.integer(given, "a tab's size"), 0, MAX_TAB);
        TextBuilder result = new TextBuilder();
        long column = 0;
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.string().charAt(i);
            if (c == '\t') {
                long blanks = size == 0 ? 0 : size - column % size;
                rendering.spendCharacters(blanks);
                result.append(text.substring(from, i)).append(" ".repeat((int) blanks), false);
                from = i + 1;
                column += blanks;
            } else {
                column = c == '\n' || c == '\r' ? 0 : column + (Character.isLowSurrogate(c) ? 0 : 1);
            }
        }
        return result.append(text.substring(from, text.length())).toText();
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
