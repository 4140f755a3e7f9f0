package dev.altiplano.engine.grammar.schema;

import dev.altiplano.engine.grammar.limit.GrammarException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which keywords say something about values, and how they are read with their types checked. */
final class Keywords {

    /** Stands in a flat schema that no value satisfies. */
    static final String NEVER = "\0never";

    /** Stands in a flat schema whose {@code properties} hold already what its {@code patternProperties} say about them. */
    static final String COMPLETE = "\0complete";

    static final Set<String> ALL_TYPES = Set.of("object", "array", "string", "number", "integer", "boolean", "null");

    private static final Map<String, String> UNSUPPORTED = Map.ofEntries(
            Map.entry("not", "describe what is allowed instead"),
            Map.entry("if", "use anyOf with one branch for each case"),
            Map.entry("dependentSchemas", "use anyOf with one branch for each case"),
            Map.entry("dependentRequired", "use anyOf with one branch for each case"),
            Map.entry("dependencies", "use anyOf with one branch for each case"),
            Map.entry("contains", "use prefixItems or items"),
            Map.entry("minContains", "use minItems"),
            Map.entry("maxContains", "use maxItems"),
            Map.entry("unevaluatedItems", "use items: false"),
            Map.entry("unevaluatedProperties", "use additionalProperties: false"),
            Map.entry("$dynamicRef", "use $ref"),
            Map.entry("$recursiveRef", "use $ref"));

    /** Keywords for values of one type, by type. */
    private static final Map<String, Set<String>> OF_TYPE = Map.of(
            "object",
                    Set.of(
                            "properties",
                            "patternProperties",
                            "additionalProperties",
                            "required",
                            "propertyNames",
                            "minProperties",
                            "maxProperties"),
            "array", Set.of("items", "prefixItems", "minItems", "maxItems", "uniqueItems"),
            "string", Set.of("pattern", "format", "minLength", "maxLength"),
            "number", Set.of("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"));

    private static final Set<String> OTHERS =
            Set.of("type", "enum", "const", "anyOf", "oneOf", "allOf", "$ref", NEVER, COMPLETE);

    private Keywords() {}

    /** Whether a keyword restricts values; all others are notes for people. */
    static boolean restricts(String keyword) {
        if (OTHERS.contains(keyword) || UNSUPPORTED.containsKey(keyword)) {
            return true;
        }
        for (Set<String> keywords : OF_TYPE.values()) {
            if (keywords.contains(keyword)) {
                return true;
            }
        }
        return false;
    }

    /** The part of a schema that is about values of one type, in the words of {@link #OF_TYPE}. */
    static Json.Obj of(String type, Json.Obj schema) {
        Set<String> keywords = OF_TYPE.getOrDefault(type, Set.of());
        return new Json.Obj(schema.values().entrySet().stream()
                .filter(entry -> keywords.contains(entry.getKey()))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    static boolean restrictsNothing(Json.Obj schema) {
        for (String keyword : schema.values().keySet()) {
            if (restricts(keyword)) {
                return false;
            }
        }
        return true;
    }

    /** Whether a grammar can follow a keyword, or need not: notes are followed too. */
    static boolean isFollowed(String keyword) {
        return !UNSUPPORTED.containsKey(keyword) && !keyword.equals("uniqueItems");
    }

    /** Whether a keyword that is not supported says nothing with this value. */
    static boolean isNeutral(String keyword, Json value) {
        return keyword.startsWith("unevaluated") && value.equals(Json.TRUE)
                || keyword.equals("not") && value.equals(Json.FALSE);
    }

    static void refuseUnsupported(Json.Obj schema, String path) {
        for (var entry : schema.values().entrySet()) {
            String advice = UNSUPPORTED.get(entry.getKey());
            if (advice != null && !isNeutral(entry.getKey(), entry.getValue())) {
                throw new GrammarException(path + ": the keyword " + entry.getKey() + " is not supported; " + advice);
            }
        }
    }

    /** The types that a schema names; without {@code type} those that its other keywords speak of, or all. */
    static Set<String> types(Json.Obj schema, String path) {
        Json named = schema.get("type");
        Set<String> types = new LinkedHashSet<>();
        if (named == null) {
            for (String type : List.of("object", "array", "string", "number")) {
                for (String keyword : OF_TYPE.getOrDefault(type, Set.of())) {
                    if (schema.get(keyword) != null) {
                        types.add(type);
                    }
                }
            }
            return types.isEmpty() ? ALL_TYPES : types;
        }
        List<Json> names = named instanceof Json.Arr(List<Json> values) ? values : List.of(named);
        for (Json name : names) {
            if (!(name instanceof Json.Str(String type)) || !ALL_TYPES.contains(type)) {
                throw new GrammarException(path + "/type: " + GrammarException.shorten(name.write())
                        + " is not a type; there are object, array, string, number, integer, boolean and null");
            }
            types.add(type);
        }
        return types;
    }

    static @Nullable BigDecimal number(Json.Obj schema, String keyword, String path) {
        Json value = schema.get(keyword);
        if (value == null) {
            return null;
        }
        if (value instanceof Json.Num(BigDecimal number)) {
            return number;
        }
        throw new GrammarException(path + "/" + keyword + ": must be a number");
    }

    /** A count; {@code otherwise} where it is not given. Counts beyond what an int holds are cut to that. */
    static int count(Json.Obj schema, String keyword, int otherwise, String path) {
        BigDecimal number = number(schema, keyword, path);
        if (number == null) {
            return otherwise;
        }
        if (number.signum() < 0 || number.scale() > 0) {
            throw new GrammarException(path + "/" + keyword + ": must be a whole number of 0 or more");
        }
        return number.min(BigDecimal.valueOf(Integer.MAX_VALUE)).intValue();
    }

    static Json.Obj object(Json.Obj schema, String keyword, String path) {
        Json value = schema.get(keyword);
        if (value == null) {
            return Json.NOTHING;
        }
        if (value instanceof Json.Obj object) {
            return object;
        }
        throw new GrammarException(path + "/" + keyword + ": must be an object");
    }

    static List<Json> array(Json.Obj schema, String keyword, String path) {
        Json value = schema.get(keyword);
        if (value == null) {
            return List.of();
        }
        if (value instanceof Json.Arr(List<Json> values)) {
            return values;
        }
        throw new GrammarException(path + "/" + keyword + ": must be an array");
    }

    static List<String> strings(Json.Obj schema, String keyword, String path) {
        Json value = schema.get(keyword);
        List<Json> values =
                value == null ? List.of() : value instanceof Json.Arr(List<Json> all) ? all : List.of(value);
        List<String> strings = new ArrayList<>();
        for (Json each : values) {
            if (!(each instanceof Json.Str(String string))) {
                throw new GrammarException(path + "/" + keyword + ": must hold strings");
            }
            strings.add(string);
        }
        return strings;
    }

    static boolean isTrue(Json.Obj schema, String keyword) {
        return Json.TRUE.equals(schema.get(keyword));
    }
}
