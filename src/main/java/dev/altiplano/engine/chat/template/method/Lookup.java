package dev.altiplano.engine.chat.template.method;

import dev.altiplano.engine.chat.template.text.TemplateException;
import dev.altiplano.engine.chat.template.text.Text;
import dev.altiplano.engine.chat.template.text.TextBuilder;
import dev.altiplano.engine.chat.template.value.Function;
import dev.altiplano.engine.chat.template.value.Operators;
import dev.altiplano.engine.chat.template.value.Rendering;
import dev.altiplano.engine.chat.template.value.Undefined;
import dev.altiplano.engine.chat.template.value.Values.Dict;
import dev.altiplano.engine.chat.template.value.Values.Items;
import dev.altiplano.engine.chat.template.value.Values.Namespace;
import dev.altiplano.engine.chat.template.value.Values.None;
import dev.altiplano.engine.chat.template.value.Values.Range;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Attributes, items and slices of values: a closed list, and nothing that is not on it. */
public final class Lookup {

    private Lookup() {}

    /** {@code value.name}: a method or attribute, else the item of that name. */
    public static Object attribute(Object value, String name, Text key) {
        if (value instanceof Undefined undefined) {
            throw undefined.refusal();
        }
        Object member = member(value, name);
        if (member != null) {
            return member;
        }
        Object item = value instanceof Dict dict ? dict.entries().get(key) : null;
        return item == null ? missing(value, name) : item;
    }

    /** {@code value[key]}: an item, else the attribute of that name. */
    public static Object item(Object value, Object key) {
        if (value instanceof Undefined undefined) {
            throw undefined.refusal();
        }
        Object item = switch (value) {
            case Dict dict -> isKey(key) ? dict.entries().get(Operators.hashable(key)) : null;
            case Items items ->
                isIndex(key) ? at(items.items(), index(key, items.items().size())) : null;
            case Text text -> isIndex(key) ? character(text, index(key, text.codePoints())) : null;
            case Range range -> {
                long index = isIndex(key) ? index(key, range.length()) : -1;
                yield index < 0 || index >= range.length() ? null : (Object) range.get(index);
            }
            default -> null;
        };
        if (item != null) {
            return item;
        }
        Object member = key instanceof Text name ? member(value, name.string()) : null;
        return member == null ? missing(value, key.toString()) : member;
    }

    private static boolean isKey(Object key) {
        return !(key instanceof Items || key instanceof Dict);
    }

    private static boolean isIndex(Object key) {
        return key instanceof Long || key instanceof Boolean;
    }

    private static long index(Object key, long length) {
        long index = Operators.integer(key, "an index");
        return index < 0 ? index + length : index;
    }

    private static @Nullable Object at(List<Object> items, long index) {
        return index < 0 || index >= items.size() ? null : items.get((int) index);
    }

    private static @Nullable Object character(Text text, long index) {
        if (index < 0 || index >= text.codePoints()) {
            return null;
        }
        int from = text.offset((int) index);
        return text.substring(from, from + Character.charCount(text.string().codePointAt(from)));
    }

    private static Undefined missing(Object value, String name) {
        return new Undefined("a " + Operators.typeName(value) + " has no '" + name + "'");
    }

    /** What the type of the value gives, or null. */
    private static @Nullable Object member(Object value, String name) {
        if (name.startsWith("__")) {
            return Undefined.unsafe(Operators.typeName(value), name);
        }
        return switch (value) {
            case Text text -> TextMethods.bound(text, name);
            case Dict dict -> DictMethods.bound(dict, name);
            case Items items -> ListMethods.bound(items, name);
            case Namespace namespace -> namespace.attributes().get(name);
            case Function function -> function.attribute(name);
            default -> null;
        };
    }

    public static Object slice(Rendering rendering, Object value, Object start, Object stop, Object step) {
        if (value instanceof Undefined undefined) {
            throw undefined.refusal();
        }
        long by = step == None.NONE ? 1 : Operators.integer(step, "a slice's step");
        if (by == 0) {
            throw TemplateException.of("a slice's step cannot be 0");
        }
        if (!(value instanceof Text || value instanceof Items || value instanceof Range)) {
            throw TemplateException.of("a " + Operators.typeName(value) + " cannot be sliced");
        }
        long length = Operators.length(value);
        long from = bound(start, by > 0 ? 0 : length - 1, length, by);
        long end = bound(stop, by > 0 ? length : -1, length, by);
        Range picked = new Range(from, end, Math.clamp(by, -1L << 40, 1L << 40));
        return switch (value) {
            case Text text -> characters(rendering, text, picked);
            case Items items ->
                new Items(
                        items(rendering, items.items(), picked),
                        items.kind() == Items.Kind.LIST ? Items.Kind.LIST : Items.Kind.TUPLE);
            default -> {
                Range range = (Range) value;
                yield new Range(range.get(from), range.get(end), range.step() * picked.step());
            }
        };
    }

    private static long bound(Object given, long absent, long length, long by) {
        if (given == None.NONE) {
            return absent;
        }
        long at = Operators.integer(given, "a slice's bound");
        at = at < 0 ? at + length : at;
        return by > 0 ? Math.clamp(at, 0, length) : Math.clamp(at, -1, Math.max(-1, length - 1));
    }

    private static Object characters(Rendering rendering, Text text, Range picked) {
        if (picked.step() == 1) {
            if (picked.start() >= picked.stop()) {
                return Text.EMPTY;
            }
            int from = text.offset((int) picked.start());
            int end = text.offset((int) picked.stop());
            rendering.spendCharacters(end - from);
            return text.substring(from, end);
        }
        TextBuilder result = new TextBuilder();
        for (long i = 0; i < picked.length(); i++) {
            rendering.spend(4);
            Object character = character(text, picked.get(i));
            if (character instanceof Text more) {
                result.append(more);
            }
        }
        return result.toText();
    }

    private static List<Object> items(Rendering rendering, List<Object> items, Range picked) {
        if (picked.step() == 1) {
            rendering.spend(4);
            return picked.start() >= picked.stop()
                    ? List.of()
                    : items.subList((int) picked.start(), (int) picked.stop());
        }
        rendering.spend(picked.length());
        List<Object> result = new ArrayList<>();
        for (long i = 0; i < picked.length(); i++) {
            result.add(items.get((int) picked.get(i)));
        }
        return result;
    }
}
