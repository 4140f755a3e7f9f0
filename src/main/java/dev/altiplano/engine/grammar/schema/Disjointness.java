package dev.altiplano.engine.grammar.schema;

import dev.altiplano.engine.grammar.limit.Budget;
import dev.altiplano.engine.grammar.limit.GrammarException;
import java.math.BigDecimal;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Shows that no value satisfies two branches of a {@code oneOf}, so that it means the same as {@code anyOf}: by types, by
 * enumerations, by bounds, or by a required property that tells objects apart.
 */
final class Disjointness {

    private static final int MAX_DEPTH = 4;
    private static final int MAX_BRANCHES = 200;

    private final SchemaMerger merger;
    private final Budget budget;

    Disjointness(SchemaMerger merger, Budget budget) {
        this.merger = merger;
        this.budget = budget;
    }

    void check(List<Json> branches, String path) {
        if (branches.size() > MAX_BRANCHES) {
            throw new GrammarException(
                    path + "/oneOf: more than " + MAX_BRANCHES + " branches are not supported; use anyOf");
        }
        for (int i = 0; i < branches.size(); i++) {
            for (int j = i + 1; j < branches.size(); j++) {
                if (!disjoint(branches.get(i), branches.get(j), path, 0)) {
                    throw new GrammarException(
                            path + "/oneOf: branches " + i + " and " + j
                                    + " may both match a value, which oneOf forbids; use anyOf, or give each branch a required property with another const");
                }
            }
        }
    }

    private boolean disjoint(Json first, Json second, String path, int depth) {
        budget.work(1);
        if (depth > MAX_DEPTH) {
            return false;
        }
        Json.Obj a = merger.flatten(first, path);
        Json.Obj b = merger.flatten(second, path);
        if (a.get(Keywords.NEVER) != null || b.get(Keywords.NEVER) != null) {
            return true;
        }
        if (a.get("enum") != null || b.get("enum") != null) {
            return enumsDisjoint(a, b, path);
        }
        Set<String> types = new HashSet<>(types(a, path));
        types.retainAll(types(b, path));
        for (String type : types) {
            boolean apart = switch (type) {
                case "number" -> boundsDisjoint(a, b, path) || boundsDisjoint(b, a, path);
                case "string" -> lengthsDisjoint(a, b, path) || lengthsDisjoint(b, a, path);
                case "object" -> objectsDisjoint(a, b, path, depth) || objectsDisjoint(b, a, path, depth);
                default -> false;
            };
            if (!apart) {
                return false;
            }
        }
        return true;
    }

    /** Types as this package compiles them, with integers among the numbers. */
    private static Set<String> types(Json.Obj schema, String path) {
        Set<String> types = new HashSet<>();
        if (schema.get("type") == null) {
            return Keywords.ALL_TYPES;
        }
        for (String type : Keywords.types(schema, path)) {
            types.add(type.equals("integer") ? "number" : type);
        }
        return types;
    }

    private static boolean enumsDisjoint(Json.Obj a, Json.Obj b, String path) {
        Set<Json> common = new HashSet<>(Keywords.array(a.get("enum") == null ? b : a, "enum", path));
        if (a.get("enum") != null && b.get("enum") != null) {
            common.retainAll(new HashSet<>(Keywords.array(b, "enum", path)));
            return common.isEmpty();
        }
        Set<String> types = types(a.get("enum") == null ? a : b, path);
        for (Json value : common) {
            String type = switch (value) {
                case Json.Str string -> "string";
                case Json.Num number -> "number";
                case Json.Arr array -> "array";
                case Json.Obj object -> "object";
                case Json.Literal literal -> literal.equals(Json.NULL) ? "null" : "boolean";
            };
            if (types.contains(type)) {
                return false;
            }
        }
        return true;
    }

    private static boolean boundsDisjoint(Json.Obj low, Json.Obj high, String path) {
        BigDecimal max = Keywords.number(low, "maximum", path);
        BigDecimal strictMax = Keywords.number(low, "exclusiveMaximum", path);
        BigDecimal min = Keywords.number(high, "minimum", path);
        BigDecimal strictMin = Keywords.number(high, "exclusiveMinimum", path);
        return max != null && min != null && max.compareTo(min) < 0
                || max != null && strictMin != null && max.compareTo(strictMin) <= 0
                || strictMax != null && min != null && strictMax.compareTo(min) <= 0
                || strictMax != null && strictMin != null && strictMax.compareTo(strictMin) <= 0;
    }

    private static boolean lengthsDisjoint(Json.Obj low, Json.Obj high, String path) {
        return Keywords.count(low, "maxLength", Integer.MAX_VALUE, path) < Keywords.count(high, "minLength", 0, path);
    }

    /** Whether {@code a} requires a property that {@code b} forbids, or that has another schema there. */
    private boolean objectsDisjoint(Json.Obj a, Json.Obj b, String path, int depth) {
        Json.Obj mine = Keywords.object(a, "properties", path);
        Json.Obj its = Keywords.object(b, "properties", path);
        boolean closed = Json.FALSE.equals(b.get("additionalProperties")) && b.get("patternProperties") == null;
        Set<String> required = new HashSet<>(Keywords.strings(b, "required", path));
        for (String name : Keywords.strings(a, "required", path)) {
            Json here = mine.get(name);
            Json there = its.get(name);
            if (there == null && closed) {
                return true;
            }
            if (here != null && there != null && required.contains(name) && disjoint(here, there, path, depth + 1)) {
                return true;
            }
        }
        return false;
    }
}
