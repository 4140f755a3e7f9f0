package dev.altiplano.engine.chat.template.method;

import dev.altiplano.engine.chat.template.text.Characters;
import dev.altiplano.engine.chat.template.text.Letters;
import dev.altiplano.engine.chat.template.text.TemplateException;
import dev.altiplano.engine.chat.template.text.Text;
import dev.altiplano.engine.chat.template.text.TextBuilder;
import dev.altiplano.engine.chat.template.value.Arguments;
import dev.altiplano.engine.chat.template.value.Function;
import dev.altiplano.engine.chat.template.value.Operators;
import dev.altiplano.engine.chat.template.value.Rendering;
import dev.altiplano.engine.chat.template.value.Values.Items;
import dev.altiplano.engine.chat.template.value.Values.None;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** The methods of a string, as Python has them. */
public final class TextMethods {

    /** A method with its string given. */
    private interface Method {
        Object call(Rendering rendering, Text text, Arguments arguments);
    }

    private static final Map<String, Method> METHODS = Map.ofEntries(
            Map.entry("strip", (r, text, a) -> text.strip(characters(a, "strip"), true, true)),
            Map.entry("lstrip", (r, text, a) -> text.strip(characters(a, "lstrip"), true, false)),
            Map.entry("rstrip", (r, text, a) -> text.strip(characters(a, "rstrip"), false, true)),
            Map.entry("upper", (r, text, a) -> text.changed(Letters::upper)),
            Map.entry("lower", (r, text, a) -> text.changed(Letters::lower)),
            Map.entry("casefold", (r, text, a) -> text.changed(Letters::fold)),
            Map.entry("title", (r, text, a) -> text.changed(Letters::title)),
            Map.entry("capitalize", (r, text, a) -> text.changed(Letters::capitalize)),
            Map.entry("swapcase", (r, text, a) -> text.changed(Letters::swapCase)),
            Map.entry("startswith", (r, text, a) -> TextSearch.affix(text, a, true)),
            Map.entry("endswith", (r, text, a) -> TextSearch.affix(text, a, false)),
            Map.entry("split", (r, text, a) -> TextParts.split(r, text, a, false)),
            Map.entry("rsplit", (r, text, a) -> TextParts.split(r, text, a, true)),
            Map.entry("splitlines", (r, text, a) -> TextParts.lines(r, text, a)),
            Map.entry("partition", (r, text, a) -> TextParts.partition(text, argument(a, "partition"), false)),
            Map.entry("rpartition", (r, text, a) -> TextParts.partition(text, argument(a, "rpartition"), true)),
            Map.entry("replace", (r, text, a) -> replace(r, text, a)),
            Map.entry("join", (r, text, a) -> join(r, text, a)),
            Map.entry("find", (r, text, a) -> TextSearch.find(text, a, "find", false)),
            Map.entry("rfind", (r, text, a) -> TextSearch.find(text, a, "rfind", true)),
            Map.entry("index", (r, text, a) -> TextSearch.index(text, a, "index", false)),
            Map.entry("rindex", (r, text, a) -> TextSearch.index(text, a, "rindex", true)),
            Map.entry("count", (r, text, a) -> TextSearch.count(text, a)),
            Map.entry("removeprefix", (r, text, a) -> {
                String prefix = argument(a, "removeprefix").string();
                return text.string().startsWith(prefix) ? text.substring(prefix.length(), text.length()) : text;
            }),
            Map.entry("removesuffix", (r, text, a) -> {
                String suffix = argument(a, "removesuffix").string();
                return text.string().endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text;
            }),
            Map.entry("center", (r, text, a) -> Padding.pad(r, text, a, "center")),
            Map.entry("ljust", (r, text, a) -> Padding.pad(r, text, a, "ljust")),
            Map.entry("rjust", (r, text, a) -> Padding.pad(r, text, a, "rjust")),
            Map.entry("zfill", (r, text, a) -> Padding.zeros(r, text, a)),
            Map.entry("format", BraceFormat::format),
            Map.entry("format_map", BraceFormat::formatMap),
            Map.entry("expandtabs", (r, text, a) -> Padding.tabs(r, text, a)),
            Map.entry("isdigit", (r, text, a) -> all(text, Characters::isDigit)),
            Map.entry("isdecimal", (r, text, a) -> all(text, Character::isDigit)),
            Map.entry("isnumeric", (r, text, a) -> all(text, Characters::isNumeric)),
            Map.entry("isalpha", (r, text, a) -> all(text, Character::isLetter)),
            Map.entry("isalnum", (r, text, a) -> all(text, c -> Character.isLetter(c) || Characters.isNumeric(c))),
            Map.entry("isspace", (r, text, a) -> all(text, Characters::isSpace)),
            Map.entry("isascii", (r, text, a) -> text.isEmpty() || all(text, c -> c < 0x80)),
            Map.entry("isprintable", (r, text, a) -> text.isEmpty() || all(text, Characters::isPrintable)),
            Map.entry("isidentifier", (r, text, a) -> Letters.isIdentifier(text.string())),
            Map.entry("istitle", (r, text, a) -> Letters.isTitle(text.string())),
            Map.entry("isupper", (r, text, a) -> Letters.isUpper(text.string())),
            Map.entry("islower", (r, text, a) -> Letters.isLower(text.string())));

    private TextMethods() {}

    static @Nullable Object bound(Text text, String name) {
        Method method = METHODS.get(name);
        return method == null
                ? null
                : (Function) (rendering, arguments) -> {
                    rendering.spendCharacters(text.length());
                    return method.call(rendering, text, arguments);
                };
    }

    /** The argument that must be a string. */
    private static Text argument(Arguments arguments, String method) {
        return string(arguments.first(method), method);
    }

    public static Text string(Object value, String method) {
        if (value instanceof Text text) {
            return text;
        }
        throw TemplateException.of(method + " needs a string, not a " + Operators.typeName(value));
    }

    private static @Nullable String characters(Arguments arguments, String method) {
        Object given = arguments.bind(method, "chars")[0];
        return given == null || given == None.NONE
                ? null
                : string(given, method).string();
    }

    private static Object replace(Rendering rendering, Text text, Arguments arguments) {
        @Nullable Object[] given = arguments.bind("replace", "old", "new", "count");
        if (given[0] == null || given[1] == null) {
            throw TemplateException.of("replace needs what to replace and by what");
        }
        long count = given[2] == null ? -1 : Operators.integer(given[2], "replace's count");
        return TextParts.replace(rendering, text, string(given[0], "replace"), string(given[1], "replace"), count);
    }

    private static Object join(Rendering rendering, Text separator, Arguments arguments) {
        TextBuilder result = new TextBuilder();
        boolean first = true;
        for (Iterator<Object> parts = Operators.iterate(arguments.first("join")); parts.hasNext(); first = false) {
            Text part = string(parts.next(), "join");
            rendering.spendCharacters((long) part.length() + separator.length());
            if (!first) {
                result.append(separator);
            }
            result.append(part);
        }
        return result.toText();
    }

    private static boolean all(Text text, IntPredicate kind) {
        return !text.isEmpty() && text.string().codePoints().allMatch(kind);
    }

    /** Strings as a list. */
    static Items list(List<Text> parts) {
        return Items.list(new ArrayList<>(parts));
    }
}
