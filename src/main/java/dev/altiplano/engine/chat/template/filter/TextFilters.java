package dev.altiplano.engine.chat.template.filter;

import dev.altiplano.engine.chat.template.method.Padding;
import dev.altiplano.engine.chat.template.method.TextMethods;
import dev.altiplano.engine.chat.template.method.TextParts;
import dev.altiplano.engine.chat.template.text.Letters;
import dev.altiplano.engine.chat.template.text.TemplateException;
import dev.altiplano.engine.chat.template.text.Text;
import dev.altiplano.engine.chat.template.text.TextBuilder;
import dev.altiplano.engine.chat.template.value.Arguments;
import dev.altiplano.engine.chat.template.value.Display;
import dev.altiplano.engine.chat.template.value.Operators;
import dev.altiplano.engine.chat.template.value.PrintfFormat;
import dev.altiplano.engine.chat.template.value.Rendering;
import dev.altiplano.engine.chat.template.value.Values.Dict;
import dev.altiplano.engine.chat.template.value.Values.Items;
import dev.altiplano.engine.chat.template.value.Values.None;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Filters that make text of text; other values become text first. */
final class TextFilters {

    private static final Pattern TITLE_WORD =
            Pattern.compile("[-\\s(\\[{<]+|[^-\\s(\\[{<]+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern WORD = Pattern.compile("\\w+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern SPACES = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final int INDENT = 4;
    private static final int CENTER = 80;

    private TextFilters() {}

    static void define(Map<String, Filter> filters) {
        filters.put("string", (r, value, a) -> Display.text(r, value));
        filters.put("safe", (r, value, a) -> Display.text(r, value));
        filters.put("trim", (r, value, a) -> {
            Object characters = a.bind("trim", "chars")[0];
            String stripped = characters == null || characters == None.NONE
                    ? null
                    : TextMethods.string(characters, "trim").string();
            return text(r, value).strip(stripped, true, true);
        });
        filters.put("upper", (r, value, a) -> text(r, value).changed(Letters::upper));
        filters.put("lower", (r, value, a) -> text(r, value).changed(Letters::lower));
        filters.put("capitalize", (r, value, a) -> text(r, value).changed(Letters::capitalize));
        filters.put("title", (r, value, a) -> text(r, value).changed(TextFilters::title));
        filters.put("replace", TextFilters::replace);
        filters.put("indent", TextFilters::indent);
        filters.put("escape", (r, value, a) -> escape(r, text(r, value)));
        filters.put("e", (r, value, a) -> escape(r, text(r, value)));
        filters.put("forceescape", (r, value, a) -> escape(r, text(r, value)));
        filters.put(
                "center",
                (r, value, a) -> Padding.pad(
                        r,
                        text(r, value),
                        a.positional().isEmpty() && a.named().isEmpty()
                                ? new Arguments(List.of((long) CENTER), Map.of())
                                : a,
                        "center"));
        filters.put(
                "wordcount",
                (r, value, a) -> WORD.matcher(text(r, value).string()).results().count());
        filters.put("truncate", TextFilters::truncate);
        filters.put(
                "format",
                (r, value, a) -> PrintfFormat.format(
                        r,
                        text(r, value),
                        a.named().isEmpty() ? Items.tuple(a.positional().toArray()) : dict(a.named())));
        filters.put("urlencode", TextFilters::urlEncode);
        filters.put(
                "striptags",
                (r, value, a) -> text(r, value)
                        .changed(s -> SPACES.matcher(s.replaceAll("(?s)<!--.*?-->|<[^>]*>", "")
                                        .strip())
                                .replaceAll(" ")));
    }

    private static Text text(Rendering rendering, Object value) {
        Text text = Display.text(rendering, value);
        rendering.spendCharacters(text.length());
        return text;
    }

    private static Dict dict(Map<String, Object> named) {
        Dict dict = new Dict();
        named.forEach((name, value) -> dict.entries().put(Text.trusted(name), value));
        return dict;
    }

    /** Unlike the method of that name: a word begins after white space, a hyphen or an opening bracket alone. */
    private static String title(String string) {
        StringBuilder result = new StringBuilder(string.length());
        TITLE_WORD.matcher(string).results().forEach(match -> {
            String word = match.group();
            int first = word.offsetByCodePoints(0, 1);
            result.append(Letters.upper(word.substring(0, first))).append(Letters.lower(word.substring(first)));
        });
        return result.toString();
    }

    private static Object replace(Rendering rendering, Object value, Arguments arguments) {
        @Nullable Object[] given = arguments.bind("replace", "old", "new", "count");
        if (given[0] == null || given[1] == null) {
            throw TemplateException.of("replace needs what to replace and by what");
        }
        long count = given[2] == null || given[2] == None.NONE ? -1 : Operators.integer(given[2], "replace's count");
        return TextParts.replace(
                rendering, text(rendering, value), text(rendering, given[0]), text(rendering, given[1]), count);
    }

    private static Object indent(Rendering rendering, Object value, Arguments arguments) {
        @Nullable Object[] given = arguments.bind("indent", "width", "first", "blank");
        Text margin;
        if (given[0] instanceof Text text) {
            margin = text;
        } else {
            long width = given[0] == null ? INDENT : Math.max(0, Operators.integer(given[0], "indent's width"));
            rendering.spendCharacters(width);
            margin = Text.trusted(" ".repeat(Math.toIntExact(width)));
        }
        boolean first = given[1] != null && Operators.isTrue(given[1]);
        boolean blank = given[2] != null && Operators.isTrue(given[2]);
        Text text = new TextBuilder()
                .append(TextMethods.string(value, "indent"))
                .append('\n', true)
                .toText();
        rendering.spendCharacters(text.length());
        List<Text> lines = TextParts.lines(rendering, text, false);
        TextBuilder result = new TextBuilder();
        for (int i = 0; i < lines.size(); i++) {
            if (i > 0) {
                result.append('\n', true);
            }
            if (i == 0 ? first : blank || !lines.get(i).isEmpty()) {
                rendering.spendCharacters(margin.length());
                result.append(margin);
            }
            result.append(lines.get(i));
        }
        return result.toText();
    }

    static Text escape(Rendering rendering, Text text) {
        TextBuilder result = new TextBuilder();
        String string = text.string();
        int from = 0;
        for (int i = 0; i < string.length(); i++) {
            String entity = switch (string.charAt(i)) {
                case '&' -> "&amp;";
                case '<' -> "&lt;";
                case '>' -> "&gt;";
                case '"' -> "&#34;";
                case '\'' -> "&#39;";
                default -> "";
            };
            if (!entity.isEmpty()) {
                rendering.spend(1);
                result.append(text.substring(from, i)).append(entity, false);
                from = i + 1;
            }
        }
        return result.append(text.substring(from, string.length())).toText();
    }

    private static Object truncate(Rendering rendering, Object value, Arguments arguments) {
        @Nullable Object[] given = arguments.bind("truncate", "length", "killwords", "end", "leeway");
        Text text = TextMethods.string(value, "truncate");
        long length = given[0] == null ? 255 : Operators.integer(given[0], "truncate's length");
        boolean cutsWords = given[1] != null && Operators.isTrue(given[1]);
        Text end = given[2] == null ? Text.trusted("...") : TextMethods.string(given[2], "truncate");
        long leeway = given[3] == null || given[3] == None.NONE ? 5 : Operators.integer(given[3], "truncate's leeway");
        if (text.codePoints() <= length + leeway) {
            return text;
        }
        long kept = length - end.codePoints();
        if (kept < 0) {
            throw TemplateException.of("truncate's length must be at least that of its end");
        }
        Text front = text.substring(0, text.offset((int) kept));
        int space = front.string().lastIndexOf(' ');
        return new TextBuilder()
                .append(cutsWords || space < 0 ? front : front.substring(0, space))
                .append(end)
                .toText();
    }

    private static Object urlEncode(Rendering rendering, Object value, Arguments arguments) {
        if (!(value instanceof Dict dict)) {
            return urlEncode(rendering, text(rendering, value), "/");
        }
        TextBuilder result = new TextBuilder();
        for (Map.Entry<Object, Object> entry : dict.entries().entrySet()) {
            result.append(result.length() == 0 ? "" : "&", true)
                    .append(urlEncode(rendering, text(rendering, entry.getKey()), " "))
                    .append('=', true)
                    .append(urlEncode(rendering, text(rendering, entry.getValue()), " "));
        }
        return result.toText();
    }

    /** @param kept what stays beside letters, digits and {@code _.-~}; a space that stays is written {@code +} */
    private static Text urlEncode(Rendering rendering, Text text, String kept) {
        rendering.spendCharacters(3L * text.length());
        return text.changed(string -> {
            StringBuilder result = new StringBuilder();
            for (byte b : string.getBytes(StandardCharsets.UTF_8)) {
                char c = (char) (b & 0xff);
                if (c < 0x80 && (Character.isLetterOrDigit(c) || ("_.-~" + kept).indexOf(c) >= 0)) {
                    result.append(c == ' ' ? '+' : c);
                } else {
                    result.append(String.format("%%%02X", (int) c));
                }
            }
            return result.toString();
        });
    }
}
