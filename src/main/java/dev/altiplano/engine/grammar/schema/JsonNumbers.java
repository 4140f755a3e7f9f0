package dev.altiplano.engine.grammar.schema;

import dev.altiplano.engine.grammar.limit.Budget;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Numbers for JSON values, the same for two that are equal with their keys in the same order. Each part is looked at once, however
 * many values share it: merged schemas have few parts, but would be huge if each place of a part were walked through.
 */
final class JsonNumbers {

    private final Budget budget;
    private final Map<Json, Integer> known = new IdentityHashMap<>();
    private final Map<List<Object>, Integer> numbers = new HashMap<>();

    JsonNumbers(Budget budget) {
        this.budget = budget;
    }

    int of(Json value) {
        // Without recursion: merged schemas may be nested deeper than their text.
        ArrayDeque<Json> open = new ArrayDeque<>();
        open.push(value);
        while (!open.isEmpty()) {
            Json at = open.element();
            if (known.containsKey(at) || !pushParts(at, open)) {
                open.pop();
            }
        }
        return numbered(value);
    }

    /** Pushes the parts that have no numbers yet; where all have one, numbers the value itself and gives false. */
    private boolean pushParts(Json value, ArrayDeque<Json> open) {
        Collection<Json> parts = parts(value);
        budget.work(1 + parts.size());
        boolean pushed = false;
        for (Json part : parts) {
            if (!known.containsKey(part)) {
                open.push(part);
                pushed = true;
            }
        }
        if (!pushed) {
            known.put(value, numbers.computeIfAbsent(key(value, parts), key -> numbers.size()));
        }
        return pushed;
    }

    private int numbered(Json value) {
        return Objects.requireNonNull(known.get(value));
    }

    private static Collection<Json> parts(Json value) {
        return switch (value) {
            case Json.Obj(Map<String, Json> members) -> members.values();
            case Json.Arr(List<Json> elements) -> elements;
            case Json.Str string -> List.of();
            case Json.Num number -> List.of();
            case Json.Literal literal -> List.of();
        };
    }

    /** What tells values apart whose parts have numbers. */
    private List<Object> key(Json value, Collection<Json> parts) {
        List<Object> key = new ArrayList<>();
        switch (value) {
            case Json.Obj(Map<String, Json> members) -> {
                key.add("object");
                key.addAll(members.keySet());
            }
            case Json.Arr array -> key.add("array");
            case Json.Str string -> key.add(string);
            case Json.Num number -> key.add(number);
            case Json.Literal literal -> key.add(literal);
        }
        for (Json part : parts) {
            key.add(numbered(part));
        }
        return key;
    }
}
