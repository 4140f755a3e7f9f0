package dev.altiplano.engine.chat.template.method;

import dev.altiplano.engine.chat.template.text.Characters;
import dev.altiplano.engine.chat.template.text.TemplateException;
import dev.altiplano.engine.chat.template.text.Text;
import dev.altiplano.engine.chat.template.text.TextBuilder;
import dev.altiplano.engine.chat.template.value.Arguments;
import dev.altiplano.engine.chat.template.value.Operators;
import dev.altiplano.engine.chat.template.value.Rendering;
import dev.altiplano.engine.chat.template.value.Values.Items;
import dev.altiplano.engine.chat.template.value.Values.None;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Strings cut into parts, and parts replaced. */
public final class TextParts {

    private static final int UNITS_PER_PART = 4;

    private TextParts() {}

    /** {@code split} and {@code rsplit}. */
    static Items split(Rendering rendering, Text text, Arguments arguments, boolean fromRight) {
        @Nullable Object[] given = arguments.bind("split", "sep", "maxsplit");
        long limit = given[1] == null ? -1 : Operators.integer(given[1], "maxsplit");
        long splits = limit < 0 ? Long.MAX_VALUE : limit;
        Object separator = given[0];
        List<Text> parts = separator == null || separator == None.NONE
                ? words(rendering, text, splits, fromRight)
                : cut(rendering, text, TextMethods.string(separator, "split").string(), splits, fromRight);
        return TextMethods.list(fromRight ? parts.reversed() : parts);
    }

    private static List<Text> cut(Rendering rendering, Text text, String separator, long splits, boolean fromRight) {
        if (separator.isEmpty()) {
            throw TemplateException.of("split needs a separator that is not empty");
        }
        List<Text> parts = new ArrayList<>();
        int from = 0;
        int end = text.length();
        while (parts.size() < splits) {
            rendering.spend(UNITS_PER_PART);
            int at = fromRight
                    ? end < separator.length() ? -1 : text.string().lastIndexOf(separator, end - separator.length())
                    : text.string().indexOf(separator, from);
            if (at < 0) {
                break;
            }
            if (fromRight) {
                parts.add(text.substring(at + separator.length(), end));
                end = at;
            } else {
                parts.add(text.substring(from, at));
                from = at + separator.length();
            }
        }
        parts.add(text.substring(from, end));
        return parts;
    }

    private static List<Text> words(Rendering rendering, Text text, long splits, boolean fromRight) {
        List<Text> parts = new ArrayList<>();
        Text rest = text.strip(null, !fromRight, fromRight);
        while (!rest.isEmpty()) {
            rendering.spend(UNITS_PER_PART);
            if (parts.size() == splits) {
                parts.add(rest);
                break;
            }
            int at = fromRight ? lastSpace(rest.string()) : firstSpace(rest.string());
            parts.add(fromRight ? rest.substring(at, rest.length()) : rest.substring(0, at));
            rest = (fromRight ? rest.substring(0, at) : rest.substring(at, rest.length()))
                    .strip(null, !fromRight, fromRight);
        }
        return parts;
    }

    private static int firstSpace(String string) {
        int at = 0;
        while (at < string.length() && !Characters.isSpace(string.charAt(at))) {
            at++;
        }
        return at;
    }

    private static int lastSpace(String string) {
        int at = string.length();
        while (at > 0 && !Characters.isSpace(string.charAt(at - 1))) {
            at--;
        }
        return at;
    }

    /** {@code splitlines}. */
    static Items lines(Rendering rendering, Text text, Arguments arguments) {
        @Nullable Object[] given = arguments.bind("splitlines", "keepends");
        return TextMethods.list(lines(rendering, text, given[0] != null && Operators.isTrue(given[0])));
    }

    public static List<Text> lines(Rendering rendering, Text text, boolean keepsEnds) {
        List<Text> lines = new ArrayList<>();
        String string = text.string();
        int from = 0;
        for (int i = 0; i < string.length(); i++) {
            if (Characters.isLineEnd(string.charAt(i))) {
                rendering.spend(UNITS_PER_PART);
                int end = i;
                if (string.charAt(i) == '\r' && i + 1 < string.length() && string.charAt(i + 1) == '\n') {
                    i++;
                }
                lines.add(text.substring(from, keepsEnds ? i + 1 : end));
                from = i + 1;
            }
        }
        if (from < string.length()) {
            lines.add(text.substring(from, string.length()));
        }
        return lines;
    }

    static Items partition(Text text, Text separator, boolean last) {
        if (separator.isEmpty()) {
            throw TemplateException.of("partition needs a separator that is not empty");
        }
        int at = last
                ? text.string().lastIndexOf(separator.string())
                : text.string().indexOf(separator.string());
        if (at < 0) {
            return last ? Items.tuple(Text.EMPTY, Text.EMPTY, text) : Items.tuple(text, Text.EMPTY, Text.EMPTY);
        }
        return Items.tuple(text.substring(0, at), separator, text.substring(at + separator.length(), text.length()));
    }

    /** The first {@code count} places that read {@code old}; all where it is negative. */
    public static Text replace(Rendering rendering, Text text, Text old, Text by, long count) {
        TextBuilder result = new TextBuilder();
        String string = text.string();
        long left = count < 0 ? Long.MAX_VALUE : count;
        int from = 0;
        while (left-- > 0) {
            int at = old.isEmpty() ? from : string.indexOf(old.string(), from);
            if (at < 0) {
                break;
            }
            rendering.spendCharacters(by.length());
            result.append(text.substring(from, at)).append(by);
            from = at + old.length();
            if (old.isEmpty()) {
                if (from == string.length()) {
                    break;
                }
                int next = from + Character.charCount(string.codePointAt(from));
                result.append(text.substring(from, next));
                from = next;
            }
        }
        return result.append(text.substring(from, string.length())).toText();
    }
}
