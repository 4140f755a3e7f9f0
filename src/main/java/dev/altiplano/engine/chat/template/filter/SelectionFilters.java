package dev.altiplano.engine.chat.template.filter;

import dev.altiplano.engine.chat.template.method.AttributePath;
import dev.altiplano.engine.chat.template.method.DictMethods;
import dev.altiplano.engine.chat.template.text.Letters;
import dev.altiplano.engine.chat.template.text.TemplateException;
import dev.altiplano.engine.chat.template.text.Text;
import dev.altiplano.engine.chat.template.value.Arguments;
import dev.altiplano.engine.chat.template.value.Operators;
import dev.altiplano.engine.chat.template.value.Rendering;
import dev.altiplano.engine.chat.template.value.Undefined;
import dev.altiplano.engine.chat.template.value.Values.Dict;
import dev.altiplano.engine.chat.template.value.Values.Items;
import dev.altiplano.engine.chat.template.value.Values.None;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Filters that choose, order and group. */
final class SelectionFilters {

    private SelectionFilters() {}

    static void define(Map<String, Filter> filters) {
        filters.put("map", SelectionFilters::map);
        filters.put("select", (r, value, a) -> select(r, value, a, false, true));
        filters.put("reject", (r, value, a) -> select(r, value, a, false, false));
        filters.put("selectattr", (r, value, a) -> select(r, value, a, true, true));
        filters.put("rejectattr", (r, value, a) -> select(r, value, a, true, false));
        filters.put("sort", SelectionFilters::sort);
        filters.put("dictsort", SelectionFilters::sortDict);
        filters.put("unique", SelectionFilters::unique);
        filters.put("groupby", SelectionFilters::group);
        filters.put("min", (r, value, a) -> extreme(r, value, a, -1));
        filters.put("max", (r, value, a) -> extreme(r, value, a, 1));
    }

    private static Object map(Rendering rendering, Object value, Arguments arguments) {
        List<Object> result = new ArrayList<>();
        if (!Operators.isTrue(value)) {
            return ListFilters.generator(result);
        }
        Object path = arguments.named().get("attribute");
        if (arguments.positional().isEmpty() && path != null) {
            Object absent = arguments.bind("map", "attribute", "default")[1];
            AttributePath attribute = AttributePath.of(path);
            for (Object item : ListFilters.values(rendering, value)) {
                rendering.spend(2);
                result.add(attribute.of(item, absent));
            }
        } else {
            String name = arguments.first("map").toString();
            Filter filter = Filters.named(name);
            if (filter == null) {
                throw TemplateException.of("map: there is no filter '" + name + "'");
            }
            Arguments rest = arguments.after(1);
            for (Object item : ListFilters.values(rendering, value)) {
                rendering.spend(2);
                result.add(filter.apply(rendering, item, rest));
            }
        }
        return ListFilters.generator(result);
    }

    private static Object select(
            Rendering rendering, Object value, Arguments arguments, boolean byAttribute, boolean wanted) {
        List<Object> result = new ArrayList<>();
        if (!Operators.isTrue(value)) {
            return ListFilters.generator(result);
        }
        AttributePath path = byAttribute ? AttributePath.of(arguments.first("selectattr")) : null;
        Arguments rest = byAttribute ? arguments.after(1) : arguments;
        ValueTest test = (r, item, a) -> Operators.isTrue(item);
        if (!rest.positional().isEmpty()) {
            String name = rest.positional().getFirst().toString();
            ValueTest named = Tests.named(name);
            if (named == null) {
                throw TemplateException.of("there is no test '" + name + "'");
            }
            test = named;
            rest = rest.after(1);
        }
        for (Object item : ListFilters.values(rendering, value)) {
            rendering.spend(2);
            if (test.holds(rendering, path == null ? item : path.of(item, null), rest) == wanted) {
                result.add(item);
            }
        }
        return ListFilters.generator(result);
    }

    /** What a filter orders or compares by: an attribute, without case unless it is told to mind it. */
    private record Key(List<AttributePath> paths, boolean caseSensitive) {

        static Key of(@Nullable Object attribute, @Nullable Object caseSensitive, boolean several) {
            List<AttributePath> paths = new ArrayList<>();
            if (attribute instanceof Text text && several) {
                for (String part : text.string().split(",", -1)) {
                    paths.add(AttributePath.of(Text.of(part, text.isTrusted())));
                }
            } else if (attribute != null && attribute != None.NONE) {
                paths.add(AttributePath.of(attribute));
            }
            return new Key(paths, caseSensitive != null && Operators.isTrue(caseSensitive));
        }

        Object of(Object item) {
            return folded(paths.isEmpty() ? item : paths.getFirst().of(item, null));
        }

        /** As a list, whose parts are compared only where they differ: so None and what is undefined can be equal. */
        Object listOf(Object item) {
            return Items.list(
                    paths.isEmpty()
                            ? List.of(folded(item))
                            : new ArrayList<>(paths.stream()
                                    .map(path -> folded(path.of(item, null)))
                                    .toList()));
        }

        Object folded(Object value) {
            return !caseSensitive && value instanceof Text text ? text.changed(Letters::lower) : value;
        }
    }

    /** Sorts and pays for it. */
    private static List<Object> sorted(
            Rendering rendering, List<Object> items, UnaryOperator<Object> key, boolean reverse) {
        rendering.spend(16L * items.size());
        record Keyed(Object key, Object item) {}
        List<Keyed> keyed = new ArrayList<>(items.size());
        for (Object item : items) {
            keyed.add(new Keyed(key.apply(item), item));
        }
        Comparator<Keyed> order = (a, b) -> {
            rendering.spend(1);
            int compared = Operators.compare(a.key(), b.key());
            return compared < 0 ? -1 : compared == 1 ? 1 : 0;
        };
        keyed.sort(reverse ? order.reversed() : order);
        List<Object> result = new ArrayList<>(items.size());
        for (Keyed item : keyed) {
            result.add(item.item());
        }
        return result;
    }

    private static Object sort(Rendering rendering, Object value, Arguments arguments) {
        @Nullable Object[] given = arguments.bind("sort", "reverse", "case_sensitive", "attribute");
        boolean reverse = given[0] != null && Operators.isTrue(given[0]);
        return Items.list(sorted(
                rendering, ListFilters.values(rendering, value), Key.of(given[2], given[1], true)::listOf, reverse));
    }

    private static Object sortDict(Rendering rendering, Object value, Arguments arguments) {
        @Nullable Object[] given = arguments.bind("dictsort", "case_sensitive", "by", "reverse");
        if (!(value instanceof Dict dict)) {
            throw TemplateException.of("dictsort takes a dict, not a " + Operators.typeName(value));
        }
        String by = given[1] == null ? "key" : given[1].toString();
        if (!by.equals("key") && !by.equals("value")) {
            throw TemplateException.of("dictsort sorts by key or by value");
        }
        Key key = Key.of(by.equals("key") ? 0L : 1L, given[0], false);
        boolean reverse = given[2] != null && Operators.isTrue(given[2]);
        return Items.list(sorted(rendering, DictMethods.pairs(rendering, dict), key::of, reverse));
    }

    private static Object unique(Rendering rendering, Object value, Arguments arguments) {
        @Nullable Object[] given = arguments.bind("unique", "case_sensitive", "attribute");
        Key key = Key.of(given[1], given[0], false);
        Set<Object> seen = new HashSet<>();
        List<Object> result = new ArrayList<>();
        for (Object item : ListFilters.values(rendering, value)) {
            rendering.spend(4);
            if (seen.add(alike(key.of(item)))) {
                result.add(item);
            }
        }
        return ListFilters.generator(result);
    }

    /** What stands for all values that are equal: True is 1. */
    private static Object alike(Object value) {
        return switch (value) {
            case Boolean b -> b ? 1L : 0L;
            case Items items
            when items.kind() != Items.Kind.LIST ->
                items.items().stream().map(SelectionFilters::alike).toList();
            default -> Operators.hashable(value);
        };
    }

    private static Object group(Rendering rendering, Object value, Arguments arguments) {
        @Nullable Object[] given = arguments.bind("groupby", "attribute", "default", "case_sensitive");
        if (given[0] == null) {
            throw TemplateException.of("groupby needs an attribute");
        }
        AttributePath path = AttributePath.of(given[0]);
        Key key = Key.of(given[0], given[2], false);
        List<Object> items = ListFilters.values(rendering, value);
        Object absent = given[1];
        UnaryOperator<Object> folded = item -> key.folded(path.of(item, absent));
        List<Object> result = new ArrayList<>();
        List<Object> group = new ArrayList<>();
        Object name = None.NONE;
        Object last = None.NONE;
        for (Object item : sorted(rendering, items, folded, false)) {
            rendering.spend(8);
            Object next = folded.apply(item);
            if (group.isEmpty() || !Operators.equal(last, next)) {
                name = path.of(item, absent);
                group = new ArrayList<>();
                result.add(new Items(List.of(name, Items.list(group)), Items.Kind.GROUP));
            }
            group.add(item);
            last = next;
        }
        return Items.list(result);
    }

    private static Object extreme(Rendering rendering, Object value, Arguments arguments, int sign) {
        @Nullable Object[] given = arguments.bind(sign < 0 ? "min" : "max", "case_sensitive", "attribute");
        Key key = Key.of(given[1], given[0], false);
        Iterator<Object> items = Operators.iterate(value);
        if (!items.hasNext()) {
            return new Undefined("there is no item");
        }
        Object best = items.next();
        while (items.hasNext()) {
            rendering.spend(4);
            Object item = items.next();
            if (Operators.compare(key.of(item), key.of(best)) * sign == 1) {
                best = item;
            }
        }
        return best;
    }
}
