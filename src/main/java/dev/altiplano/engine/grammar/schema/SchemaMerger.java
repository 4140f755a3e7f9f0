package dev.altiplano.engine.grammar.schema;

import dev.altiplano.engine.grammar.automaton.Automata;
import dev.altiplano.engine.grammar.automaton.Dfa;
import dev.altiplano.engine.grammar.limit.Budget;
import dev.altiplano.engine.grammar.limit.GrammarException;
import dev.altiplano.engine.grammar.regex.RegexParser;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes one flat schema out of one that consists of several: what {@code $ref} and {@code allOf} bring is merged keyword by keyword. */
final class SchemaMerger {

    private static final int MAX_COMBINATIONS = 256;
    private static final Set<String> SCHEMA_OBJECTS = Set.of("properties", "patternProperties", "additionalProperties");

    private final SchemaReferences references;
    private final Budget budget;
    private final Map<String, Dfa> patterns = new HashMap<>();

    SchemaMerger(SchemaReferences references, Budget budget) {
        this.references = references;
        this.budget = budget;
    }

    /** The schema without {@code $ref} and {@code allOf} at its top. */
    Json.Obj flatten(Json schema, String path) {
        return flatten(schema, path, new LinkedHashSet<>(), 0);
    }

    private Json.Obj flatten(Json schema, String path, Set<String> active, int depth) {
        budget.depth(depth);
        budget.work(1);
        if (schema.equals(Json.TRUE)) {
            return Json.NOTHING;
        }
        if (schema.equals(Json.FALSE)) {
            return never();
        }
        if (!(schema instanceof Json.Obj object)) {
            throw new GrammarException(path + ": a schema must be an object, true or false");
        }
        Json.Obj flat = SchemaNormalizer.normal(object, path);
        if (object.get("$ref") != null) {
            String pointer = references.pointer(object, path);
            if (!active.add(pointer)) {
                throw new GrammarException(path + "/$ref: the schema " + GrammarException.shorten(pointer)
                        + " refers to itself and adds nothing; remove the reference");
            }
            flat = merge(flatten(references.resolve(pointer, path), pointer, active, depth + 1), flat, path);
            active.remove(pointer);
        }
        List<Json> parts = Keywords.array(object, "allOf", path);
        for (int i = 0; i < parts.size(); i++) {
            flat = merge(flat, flatten(parts.get(i), path + "/allOf/" + i, active, depth + 1), path);
        }
        return flat;
    }

    static Json.Obj never() {
        return new Json.Obj(Map.of(Keywords.NEVER, Json.TRUE));
    }

    /** What satisfies both. */
    Json.Obj merge(Json.Obj first, Json.Obj second, String path) {
        if (first.values().isEmpty()) {
            return second;
        }
        Map<String, Json> merged = new LinkedHashMap<>(first.values());
        for (var entry : second.values().entrySet()) {
            String keyword = entry.getKey();
            budget.work(1);
            if (SCHEMA_OBJECTS.contains(keyword) || keyword.equals("prefixItems")) {
                continue;
            }
            Json before = merged.get(keyword);
            if (before == null) {
                merged.put(keyword, entry.getValue());
            } else if (!before.equals(entry.getValue())) {
                merged.put(keyword, combine(keyword, before, entry.getValue(), first, second, path));
            }
        }
        mergeProperties(first, second, merged, path);
        if (first.get("prefixItems") != null || second.get("prefixItems") != null) {
            merged.put("prefixItems", prefixItems(first, second, path));
        }
        Json.Obj result = new Json.Obj(merged);
        if (result.get("type") instanceof Json.Arr(List<Json> types) && types.isEmpty()
                || result.get("enum") instanceof Json.Arr(List<Json> values) && values.isEmpty()) {
            return never();
        }
        return result;
    }

    private Json combine(String keyword, Json a, Json b, Json.Obj first, Json.Obj second, String path) {
        return switch (keyword) {
            case "type" -> types(a, b, first, second, path);
            case "enum" -> common(a, b);
            case "required" -> union(a, b);
            case "pattern", "format", "multipleOf" -> union(a, b);
            case "minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties" -> larger(a, b) ? a : b;
            case "maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties" -> larger(a, b) ? b : a;
            case "uniqueItems" -> Json.TRUE;
            case "items", "propertyNames" -> both(a, b);
            case "anyOf" -> combinations(a, b, path);
            case "oneOf" ->
                throw new GrammarException(path + ": two different oneOf in one allOf are not supported; use anyOf");
            default -> Keywords.isNeutral(keyword, a) ? b : a;
        };
    }

    private static Json types(Json a, Json b, Json.Obj first, Json.Obj second, String path) {
        Set<String> mine = Keywords.types(first, path);
        Set<String> its = Keywords.types(second, path);
        List<Json> common = new ArrayList<>();
        for (String type : mine) {
            if (its.contains(type) || type.equals("integer") && its.contains("number")) {
                common.add(new Json.Str(type));
            }
        }
        if (its.contains("integer") && mine.contains("number") && !mine.contains("integer")) {
            common.add(new Json.Str("integer"));
        }
        return new Json.Arr(common);
    }

    private Json common(Json a, Json b) {
        budget.work(list(a).size() + list(b).size());
        List<Json> kept = new ArrayList<>(list(a));
        kept.retainAll(new LinkedHashSet<>(list(b)));
        return new Json.Arr(kept);
    }

    private Json union(Json a, Json b) {
        budget.work(list(a).size() + list(b).size());
        Set<Json> all = new LinkedHashSet<>(list(a));
        all.addAll(list(b));
        return new Json.Arr(new ArrayList<>(all));
    }

    private static List<Json> list(Json value) {
        return value instanceof Json.Arr(List<Json> values) ? values : List.of(value);
    }

    private static boolean larger(Json a, Json b) {
        return a instanceof Json.Num(BigDecimal x) && b instanceof Json.Num(BigDecimal y) && x.compareTo(y) > 0;
    }

    /** A schema for what satisfies both, merged when it is compiled. */
    private Json both(Json a, Json b) {
        if (a.equals(Json.TRUE)) {
            return b;
        }
        if (b.equals(Json.TRUE) || a.equals(b)) {
            return a;
        }
        if (a.equals(Json.FALSE) || b.equals(Json.FALSE)) {
            return Json.FALSE;
        }
        // A part for each schema that was merged, not a level for each: what walks through a schema goes as deep as it
        // is nested.
        List<Json> parts = new ArrayList<>(
                a instanceof Json.Obj object
                                && object.values().size() == 1
                                && object.get("allOf") instanceof Json.Arr(List<Json> merged)
                        ? merged
                        : List.of(a));
        parts.add(b);
        budget.work(parts.size());
        return new Json.Obj(Map.of("allOf", new Json.Arr(parts)));
    }

    private Json prefixItems(Json.Obj first, Json.Obj second, String path) {
        List<Json> a = Keywords.array(first, "prefixItems", path);
        List<Json> b = Keywords.array(second, "prefixItems", path);
        List<Json> merged = new ArrayList<>();
        for (int i = 0; i < Math.max(a.size(), b.size()); i++) {
            merged.add(both(at(a, i, first), at(b, i, second)));
        }
        return new Json.Arr(merged);
    }

    private static Json at(List<Json> prefix, int i, Json.Obj schema) {
        Json rest = schema.get("items");
        return i < prefix.size() ? prefix.get(i) : rest == null ? Json.TRUE : rest;
    }

    private Json combinations(Json a, Json b, String path) {
        List<Json> pairs = new ArrayList<>();
        for (Json x : list(a)) {
            for (Json y : list(b)) {
                if (pairs.size() == MAX_COMBINATIONS) {
                    throw new GrammarException(path + "/anyOf: more than " + MAX_COMBINATIONS
                            + " combinations of branches in one allOf; write the branches out");
                }
                pairs.add(both(x, y));
            }
        }
        return new Json.Arr(pairs);
    }

    private void mergeProperties(Json.Obj first, Json.Obj second, Map<String, Json> merged, String path) {
        boolean some = false;
        for (String keyword : SCHEMA_OBJECTS) {
            some |= second.get(keyword) != null;
        }
        if (!some) {
            return;
        }
        Map<String, Json> properties = new LinkedHashMap<>();
        for (String name : names(first, second, "properties", path)) {
            budget.work(1);
            properties.put(name, both(effective(first, name, path), effective(second, name, path)));
        }
        if (!properties.isEmpty()) {
            merged.put("properties", new Json.Obj(properties));
        }
        Map<String, Json> merging = new LinkedHashMap<>();
        for (String pattern : names(first, second, "patternProperties", path)) {
            budget.work(1);
            merging.put(pattern, both(matching(first, pattern, path), matching(second, pattern, path)));
        }
        if (!merging.isEmpty()) {
            merged.put("patternProperties", new Json.Obj(merging));
            merged.put(Keywords.COMPLETE, Json.TRUE);
        }
        if (first.get("additionalProperties") != null || second.get("additionalProperties") != null) {
            merged.put("additionalProperties", both(others(first), others(second)));
        }
    }

    /** The keys of both under a keyword, those of the first first. */
    private static Set<String> names(Json.Obj first, Json.Obj second, String keyword, String path) {
        Set<String> names = new LinkedHashSet<>(
                Keywords.object(first, keyword, path).values().keySet());
        names.addAll(Keywords.object(second, keyword, path).values().keySet());
        return names;
    }

    private static Json others(Json.Obj schema) {
        Json others = schema.get("additionalProperties");
        return others == null ? Json.TRUE : others;
    }

    /** What a schema says about the property {@code name}, declared or not. */
    Json effective(Json.Obj schema, String name, String path) {
        Json declared = Keywords.object(schema, "properties", path).get(name);
        if (declared != null && schema.get(Keywords.COMPLETE) != null) {
            return declared;
        }
        boolean matched = declared != null;
        Json all = declared == null ? Json.TRUE : declared;
        for (var pattern :
                Keywords.object(schema, "patternProperties", path).values().entrySet()) {
            if (found(pattern.getKey(), name)) {
                matched = true;
                all = both(all, pattern.getValue());
            }
        }
        return matched ? all : others(schema);
    }

    /** What a schema says about properties that match {@code pattern} and that it does not declare. */
    private Json matching(Json.Obj schema, String pattern, String path) {
        Json.Obj own = Keywords.object(schema, "patternProperties", path);
        Json same = own.get(pattern);
        Json others = others(schema);
        if (same != null || others.equals(Json.TRUE)) {
            return same == null ? Json.TRUE : same;
        }
        for (String other : own.values().keySet()) {
            if (!Automata.intersection(search(pattern), search(other), budget).isEmpty()) {
                throw new GrammarException(path + "/patternProperties: some keys match \""
                        + GrammarException.shorten(pattern) + "\" and \"" + GrammarException.shorten(other)
                        + "\", which stand in schemas that are merged, one with additionalProperties;"
                        + " make the patterns disjoint, or the same");
            }
        }
        return others;
    }

    /** Whether {@code pattern} is found in {@code name}. */
    private boolean found(String pattern, String name) {
        budget.work(1);
        return search(pattern).matches(name.getBytes(StandardCharsets.UTF_8));
    }

    private Dfa search(String pattern) {
        Dfa known = patterns.get(pattern);
        if (known == null) {
            known = Automata.utf8(RegexParser.search(pattern, budget), budget);
            patterns.put(pattern, known);
        }
        return known;
    }
}
