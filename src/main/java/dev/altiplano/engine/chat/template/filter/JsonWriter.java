package dev.altiplano.engine.chat.template.filter;

import dev.altiplano.engine.chat.template.text.TemplateException;
import dev.altiplano.engine.chat.template.text.Text;
import dev.altiplano.engine.chat.template.text.TextBuilder;
import dev.altiplano.engine.chat.template.value.Arguments;
import dev.altiplano.engine.chat.template.value.Display;
import dev.altiplano.engine.chat.template.value.Operators;
import dev.altiplano.engine.chat.template.value.Rendering;
import dev.altiplano.engine.chat.template.value.Values.Dict;
import dev.altiplano.engine.chat.template.value.Values.Items;
import dev.altiplano.engine.chat.template.value.Values.None;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes values as JSON in the layout of Python's {@code json.dumps}, which is what {@code tojson} is for chat templates. */
final class JsonWriter {

    private static final String HEX = "0123456789abcdef";

    private final Rendering rendering;
    private final boolean asciiOnly;
    private final @Nullable String indent;
    private final String itemSeparator;
    private final String keySeparator;
    private final boolean sortsKeys;
    private final TextBuilder out = new TextBuilder();

    private JsonWriter(
            Rendering rendering,
            boolean asciiOnly,
            @Nullable String indent,
            String itemSeparator,
            String keySeparator,
            boolean sortsKeys) {
        this.rendering = rendering;
        this.asciiOnly = asciiOnly;
        this.indent = indent;
        this.itemSeparator = itemSeparator;
        this.keySeparator = keySeparator;
        this.sortsKeys = sortsKeys;
    }

    /** The filter {@code tojson}. */
    static Object filter(Rendering rendering, Object value, Arguments arguments) {
        @Nullable Object[] given = arguments.bind("tojson", "ensure_ascii", "indent", "separators", "sort_keys");
        String indent = indent(rendering, given[1]);
        String itemSeparator = indent == null ? ", " : ",";
        String keySeparator = ": ";
        if (given[2] instanceof Items pair) {
            if (pair.items().size() != 2
                    || !(pair.items().get(0) instanceof Text item)
                    || !(pair.items().get(1) instanceof Text key)) {
                throw TemplateException.of("tojson's separators are a pair of strings");
            }
            itemSeparator = item.string();
            keySeparator = key.string();
        }
        JsonWriter writer = new JsonWriter(
                rendering,
                given[0] != null && Operators.isTrue(given[0]),
                indent,
                itemSeparator,
                keySeparator,
                given[3] != null && Operators.isTrue(given[3]));
        writer.value(value, 0);
        return writer.out.toText();
    }

    private static @Nullable String indent(Rendering rendering, @Nullable Object given) {
        return switch (given) {
            case null -> null;
            case None _ -> null;
            case Text text -> text.string();
            default -> {
                long width = Math.max(0, Operators.integer(given, "tojson's indent"));
                rendering.spendCharacters(width);
                yield " ".repeat(Math.toIntExact(width));
            }
        };
    }

    private void value(Object value, int nesting) {
        rendering.spend(1);
        if (nesting > Display.MAX_NESTING) {
            throw TemplateException.of("a value nested deeper than " + Display.MAX_NESTING + " cannot become JSON");
        }
        switch (value) {
            case Text text -> string(text);
            case Items items -> list(items.items(), nesting);
            case Dict dict -> dict(dict, nesting);
            case None _, Boolean _, Number _ -> out.append(scalar(value), true);
            default -> throw TemplateException.of("a " + Operators.typeName(value) + " cannot become JSON");
        }
    }

    private static String scalar(Object value) {
        return switch (value) {
            case None _ -> "null";
            case Boolean b -> b ? "true" : "false";
            case Double d when Double.isNaN(d) -> "NaN";
            case Double d when Double.isInfinite(d) -> d > 0 ? "Infinity" : "-Infinity";
            default -> Display.scalar(value);
        };
    }

    private void list(List<Object> items, int nesting) {
        out.append('[', true);
        for (int i = 0; i < items.size(); i++) {
            between(i, nesting + 1);
            value(items.get(i), nesting + 1);
        }
        end(items.isEmpty(), ']', nesting);
    }

    private void dict(Dict dict, int nesting) {
        List<Map.Entry<Object, Object>> entries = new ArrayList<>(dict.entries().entrySet());
        if (sortsKeys) {
            entries.sort(Map.Entry.comparingByKey(Comparator.comparing(Operators::hashable, Operators::compare)));
        }
        out.append('{', true);
        for (int i = 0; i < entries.size(); i++) {
            between(i, nesting + 1);
            Object key = entries.get(i).getKey();
            string(key instanceof Text text ? text : Text.trusted(scalar(key)));
            out.append(keySeparator, true);
            value(entries.get(i).getValue(), nesting + 1);
        }
        end(entries.isEmpty(), '}', nesting);
    }

    private void between(int index, int nesting) {
        if (index > 0) {
            out.append(itemSeparator, true);
        }
        line(nesting);
    }

    private void end(boolean empty, char bracket, int nesting) {
        if (!empty) {
            line(nesting);
        }
        out.append(bracket, true);
    }

    private void line(int nesting) {
        if (indent != null) {
            rendering.spendCharacters((long) indent.length() * nesting);
            out.append("\n" + indent.repeat(nesting), true);
        }
    }

    private void string(Text text) {
        String string = text.string();
        rendering.spendCharacters(string.length());
        out.append('"', true);
        int from = 0;
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            if (c >= 0x20 && c != '"' && c != '\\' && (c < 0x7f || !asciiOnly)) {
                continue;
            }
            out.append(text.substring(from, i));
            out.append(escape(c), false);
            from = i + 1;
        }
        out.append(text.substring(from, string.length()));
        out.append('"', true);
    }

    private static String escape(char c) {
        return switch (c) {
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            case '\f' -> "\\f";
            case '\b' -> "\\b";
            default ->
                "\\u" + HEX.charAt(c >> 12) + HEX.charAt(c >> 8 & 15) + HEX.charAt(c >> 4 & 15) + HEX.charAt(c & 15);
        };
    }
}
