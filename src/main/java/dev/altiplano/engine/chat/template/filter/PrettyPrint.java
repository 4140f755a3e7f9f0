package dev.altiplano.engine.chat.template.filter;

import dev.altiplano.engine.chat.template.method.TextParts;
import dev.altiplano.engine.chat.template.text.Characters;
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

/** The filter {@code pprint}: a value as Python's {@code pprint} lays it out in lines of 80 characters, dicts in the order of their keys. */
final class PrettyPrint {

    private static final int WIDTH = 80;
    private static final Comparator<Object> KEYS = Comparator.comparingInt(PrettyPrint::rank)
            .thenComparing((a, b) -> rank(a) <= 2 ? Operators.compare(a, b) : 0);

    private final Rendering rendering;
    private final TextBuilder out = new TextBuilder();

    private PrettyPrint(Rendering rendering) {
        this.rendering = rendering;
    }

    static Object filter(Rendering rendering, Object value, Arguments arguments) {
        arguments.bind("pprint");
        PrettyPrint print = new PrettyPrint(rendering);
        print.value(print.sorted(value, 0), 0, 0, 0);
        return print.out.toText();
    }

    /** Keys of different types have an order, too. */
    private static int rank(Object key) {
        return switch (key) {
            case None _ -> 0;
            case Double d when d.isNaN() -> 3;
            case Text _ -> 2;
            default -> Operators.isNumber(key) ? 1 : 3;
        };
    }

    private Object sorted(Object value, int nesting) {
        rendering.spend(4);
        if (nesting > Display.MAX_NESTING) {
            throw TemplateException.of("a value nested deeper than " + Display.MAX_NESTING + " cannot be printed");
        }
        return switch (value) {
            case Items items -> {
                List<Object> parts = new ArrayList<>(items.items().size());
                for (Object item : items.items()) {
                    parts.add(sorted(item, nesting + 1));
                }
                yield new Items(parts, items.kind());
            }
            case Dict dict -> {
                List<Object> keys = new ArrayList<>(dict.entries().keySet());
                rendering.spend(16L * keys.size());
                if (keys.size() > 1) {
                    keys.sort(KEYS);
                }
                Dict result = new Dict();
                for (Object key : keys) {
                    result.entries().put(key, sorted(dict.entries().getOrDefault(key, None.NONE), nesting + 1));
                }
                yield result;
            }
            default -> value;
        };
    }

    /**
     * Writes a value that begins in column {@code column} and leaves {@code room} characters for what closes around it.
     *
     * @param nesting how many values are around it
     */
    private void value(Object value, int column, int room, int nesting) {
        Text whole = Display.representation(rendering, value);
        if (whole.codePoints() <= WIDTH - column - room) {
            out.append(whole);
            return;
        }
        switch (value) {
            case Dict dict -> dict(dict, column, room, nesting);
            case Items items -> {
                boolean list = items.kind() == Items.Kind.LIST;
                String close = list ? "]" : items.items().size() == 1 ? ",)" : ")";
                out.append(list ? '[' : '(', true);
                for (int i = 0; i < items.items().size(); i++) {
                    boolean last = i == items.items().size() - 1;
                    if (i > 0) {
                        line(column + 1);
                    }
                    value(items.items().get(i), column + 1, last ? room + close.length() : 1, nesting + 1);
                }
                out.append(close, true);
            }
            case Text text when !text.isEmpty() -> string(whole, text, column, room, nesting);
            default -> out.append(whole);
        }
    }

    private void dict(Dict dict, int column, int room, int nesting) {
        out.append('{', true);
        int left = dict.entries().size();
        for (Map.Entry<Object, Object> entry : dict.entries().entrySet()) {
            if (left < dict.entries().size()) {
                line(column + 1);
            }
            left--;
            Text key = Display.representation(rendering, entry.getKey());
            out.append(key).append(": ", true);
            value(entry.getValue(), column + key.codePoints() + 3, left == 0 ? room + 1 : 1, nesting + 1);
        }
        out.append('}', true);
    }

    private void line(int column) {
        rendering.spendCharacters(column);
        out.append(",\n" + " ".repeat(column), true);
    }

    /** A string as several, line by line and word by word; a string by itself stands in brackets. */
    private void string(Text whole, Text text, int column, int room, int nesting) {
        int from = nesting == 0 ? column + 1 : column;
        int width = WIDTH - from;
        int lastWidth = width - (nesting == 0 ? room + 1 : room);
        List<Text> chunks = new ArrayList<>();
        List<Text> lines = TextParts.lines(rendering, text, true);
        for (int i = 0; i < lines.size(); i++) {
            boolean lastLine = i == lines.size() - 1;
            Text shown = Display.representation(rendering, lines.get(i));
            if (shown.codePoints() <= (lastLine ? lastWidth : width)) {
                chunks.add(shown);
            } else {
                words(lines.get(i), width, lastLine ? lastWidth : width, chunks);
            }
        }
        if (chunks.size() == 1) {
            out.append(whole);
            return;
        }
        out.append(nesting == 0 ? "(" : "", true);
        for (int i = 0; i < chunks.size(); i++) {
            rendering.spendCharacters(from);
            out.append(i == 0 ? "" : "\n" + " ".repeat(from), true).append(chunks.get(i));
        }
        out.append(nesting == 0 ? ")" : "", true);
    }

    /** Cuts a line behind the white space after words. */
    private void words(Text line, int width, int lastWidth, List<Text> chunks) {
        String string = line.string();
        int begin = 0;
        int end = 0;
        while (end < string.length()) {
            int next = end;
            while (next < string.length() && !Characters.isSpace(string.charAt(next))) {
                next++;
            }
            while (next < string.length() && Characters.isSpace(string.charAt(next))) {
                next++;
            }
            Text longer = Display.representation(rendering, line.substring(begin, next));
            if (longer.codePoints() > (next == string.length() ? lastWidth : width) && end > begin) {
                chunks.add(Display.representation(rendering, line.substring(begin, end)));
                begin = end;
            }
            end = next;
        }
        chunks.add(Display.representation(rendering, line.substring(begin, end)));
    }
}
