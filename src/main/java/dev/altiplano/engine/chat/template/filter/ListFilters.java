package dev.altiplano.engine.chat.template.filter;

import dev.altiplano.engine.chat.template.method.AttributePath;
import dev.altiplano.engine.chat.template.method.DictMethods;
import dev.altiplano.engine.chat.template.text.TemplateException;
import dev.altiplano.engine.chat.template.text.Text;
import dev.altiplano.engine.chat.template.text.TextBuilder;
import dev.altiplano.engine.chat.template.value.Arguments;
import dev.altiplano.engine.chat.template.value.Arithmetic;
import dev.altiplano.engine.chat.template.value.Display;
import dev.altiplano.engine.chat.template.value.Operators;
import dev.altiplano.engine.chat.template.value.Rendering;
import dev.altiplano.engine.chat.template.value.Undefined;
import dev.altiplano.engine.chat.template.value.Values.Dict;
import dev.altiplano.engine.chat.template.value.Values.Generator;
import dev.altiplano.engine.chat.template.value.Values.Items;
import dev.altiplano.engine.chat.template.value.Values.None;
import dev.altiplano.engine.chat.template.value.Values.Range;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Filters that take or give lists, without choosing by a test or order. */
final class ListFilters {

    private ListFilters() {}

    static void define(Map<String, Filter> filters) {
        filters.put("length", (r, value, a) -> Operators.length(value));
        filters.put("count", (r, value, a) -> Operators.length(value));
        filters.put("list", (r, value, a) -> Items.list(values(r, value)));
        filters.put("first", (r, value, a) -> first(Operators.iterate(value)));
        filters.put("last", ListFilters::last);
        filters.put("join", ListFilters::join);
        filters.put("reverse", ListFilters::reverse);
        filters.put("items", ListFilters::items);
        filters.put("sum", ListFilters::sum);
        filters.put("batch", ListFilters::batch);
        filters.put("slice", ListFilters::slice);
    }

    /** All values that {@code value} gives. */
    static List<Object> values(Rendering rendering, Object value) {
        List<Object> values = new ArrayList<>();
        for (Iterator<Object> rest = Operators.iterate(value); rest.hasNext(); ) {
            rendering.spend(2);
            values.add(rest.next());
        }
        return values;
    }

    static Generator generator(List<Object> values) {
        return new Generator(values.iterator());
    }

    private static Object first(Iterator<Object> values) {
        return values.hasNext() ? values.next() : new Undefined("there is no first item");
    }

    private static Object last(Rendering rendering, Object value, Arguments arguments) {
        if (value instanceof Generator) {
            throw TemplateException.of("last takes no generator; make it a list with '| list' first");
        }
        if (value instanceof Items items) {
            return items.items().isEmpty()
                    ? new Undefined("there is no last item")
                    : items.items().getLast();
        }
        List<Object> values = values(rendering, value);
        return values.isEmpty() ? new Undefined("there is no last item") : values.getLast();
    }

    private static Object join(Rendering rendering, Object value, Arguments arguments) {
        @Nullable Object[] given = arguments.bind("join", "d", "attribute");
        Text separator = given[0] == null ? Text.EMPTY : Display.text(rendering, given[0]);
        AttributePath path = given[1] == null || given[1] == None.NONE ? null : AttributePath.of(given[1]);
        TextBuilder result = new TextBuilder();
        boolean first = true;
        for (Iterator<Object> rest = Operators.iterate(value); rest.hasNext(); first = false) {
            Object item = rest.next();
            if (!first) {
                rendering.spendCharacters(separator.length());
                result.append(separator);
            }
            Text text = Display.text(rendering, path == null ? item : path.of(item, null));
            rendering.spendCharacters(text.length());
            result.append(text);
        }
        return result.toText();
    }

    private static Object reverse(Rendering rendering, Object value, Arguments arguments) {
        if (value instanceof Text text) {
            List<Object> characters = values(rendering, text);
            TextBuilder result = new TextBuilder();
            for (Object character : characters.reversed()) {
                result.append((Text) character);
            }
            return result.toText();
        }
        return generator(new ArrayList<>(values(rendering, value).reversed()));
    }

    private static Object items(Rendering rendering, Object value, Arguments arguments) {
        return switch (value) {
            case Undefined _ -> generator(List.of());
            case Dict dict -> generator(DictMethods.pairs(rendering, dict));
            default -> throw TemplateException.of("items takes a dict, not a " + Operators.typeName(value));
        };
    }

    private static Object sum(Rendering rendering, Object value, Arguments arguments) {
        @Nullable Object[] given = arguments.bind("sum", "attribute", "start");
        AttributePath path = given[0] == null || given[0] == None.NONE ? null : AttributePath.of(given[0]);
        Object sum = given[1] == null ? (Object) 0L : given[1];
        if (sum instanceof Text) {
            throw TemplateException.of("sum adds no strings; use join");
        }
        for (Iterator<Object> rest = Operators.iterate(value); rest.hasNext(); ) {
            rendering.spend(1);
            Object item = rest.next();
            sum = Arithmetic.ADD.apply(rendering, sum, path == null ? item : path.of(item, null));
        }
        return sum;
    }

    private static Object batch(Rendering rendering, Object value, Arguments arguments) {
        @Nullable Object[] given = arguments.bind("batch", "linecount", "fill_with");
        long size = given[0] == null ? 0 : Operators.integer(given[0], "batch's size");
        List<Object> batches = new ArrayList<>();
        List<Object> batch = new ArrayList<>();
        for (Object item : values(rendering, value)) {
            if (batch.size() == size && !batch.isEmpty()) {
                rendering.spend(8);
                batches.add(Items.list(batch));
                batch = new ArrayList<>();
            }
            batch.add(item);
        }
        if (!batch.isEmpty()) {
            Object fill = given[1];
            if (fill != null && fill != None.NONE && batch.size() < size) {
                rendering.spend(size - batch.size());
                while (batch.size() < size) {
                    batch.add(fill);
                }
            }
            batches.add(Items.list(batch));
        }
        return generator(batches);
    }

    private static Object slice(Rendering rendering, Object value, Arguments arguments) {
        @Nullable Object[] given = arguments.bind("slice", "slices", "fill_with");
        long slices = given[0] == null ? 0 : Operators.integer(given[0], "the number of slices");
        if (slices <= 0) {
            throw TemplateException.of("slice needs the number of slices");
        }
        rendering.spend(8 * Math.min(slices, 1L << 40));
        List<Object> values = values(rendering, value);
        long each = values.size() / slices;
        long longer = values.size() % slices;
        List<Object> result = new ArrayList<>();
        int from = 0;
        for (long i = 0; i < slices; i++) {
            int end = (int) (from + each + (i < longer ? 1 : 0));
            List<Object> part = new ArrayList<>(values.subList(from, end));
            if (given[1] != null && given[1] != None.NONE && i >= longer) {
                part.add(given[1]);
            }
            result.add(Items.list(part));
            from = end;
        }
        return generator(result);
    }

    /** Whether a value has positions: text, lists, dicts (by key) and ranges. */
    static boolean isSequence(Object value) {
        return value instanceof Text
                || value instanceof Items
                || value instanceof Dict
                || value instanceof Range
                || value instanceof Undefined;
    }
}
