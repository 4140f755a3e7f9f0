package dev.altiplano.engine.grammar.schema;

import dev.altiplano.engine.grammar.limit.GrammarException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes what older drafts and OpenAPI say in the words of the newest draft, and leaves out what says nothing about values. */
final class SchemaNormalizer {

    private SchemaNormalizer() {}

    /** The schema without {@code $ref}, {@code allOf}, {@code const}, {@code nullable}, tuples in {@code items}, formats of numbers, and notes. */
    static Json.Obj normal(Json.Obj schema, String path) {
        Map<String, Json> normal = new LinkedHashMap<>();
        for (var entry : schema.values().entrySet()) {
            String keyword = entry.getKey();
            Json value = entry.getValue();
            switch (keyword) {
                case "$ref", "allOf", "nullable", "additionalItems" -> {}
                case "const" -> constant(value, schema, normal);
                case "enum" -> {
                    if (schema.get("const") == null) {
                        normal.put("enum", new Json.Arr(Keywords.array(schema, "enum", path)));
                    }
                }
                case "items" -> items(value, schema, normal);
                case "exclusiveMinimum" -> exclusive(keyword, "minimum", value, schema, normal, path);
                case "exclusiveMaximum" -> exclusive(keyword, "maximum", value, schema, normal, path);
                case "minimum" -> bound(keyword, "exclusiveMinimum", value, schema, normal);
                case "maximum" -> bound(keyword, "exclusiveMaximum", value, schema, normal);
                default -> {
                    if (Keywords.restricts(keyword)) {
                        normal.put(keyword, value);
                    }
                }
            }
        }
        if (Keywords.isTrue(schema, "nullable") && schema.get("type") != null) {
            List<Json> types = new ArrayList<>();
            for (String type : Keywords.types(schema, path)) {
                types.add(new Json.Str(type));
            }
            if (!types.contains(new Json.Str("null"))) {
                types.add(new Json.Str("null"));
            }
            normal.put("type", new Json.Arr(types));
        }
        NumberFormats.bound(normal);
        return new Json.Obj(normal);
    }

    private static void constant(Json value, Json.Obj schema, Map<String, Json> normal) {
        boolean possible = !(schema.get("enum") instanceof Json.Arr(List<Json> values)) || values.contains(value);
        normal.put("enum", new Json.Arr(possible ? List.of(value) : List.of()));
    }

    private static void items(Json value, Json.Obj schema, Map<String, Json> normal) {
        if (value instanceof Json.Arr) {
            normal.put("prefixItems", value);
            Json rest = schema.get("additionalItems");
            if (rest != null) {
                normal.put("items", rest);
            }
        } else {
            normal.put("items", value);
        }
    }

    /** Draft 4 has booleans here, which make the other bound exclusive. */
    private static void exclusive(
            String keyword, String plain, Json value, Json.Obj schema, Map<String, Json> normal, String path) {
        if (value instanceof Json.Num) {
            normal.put(keyword, value);
        } else if (value.equals(Json.TRUE)) {
            Json bound = schema.get(plain);
            if (bound != null) {
                normal.put(keyword, bound);
            }
        } else if (!value.equals(Json.FALSE)) {
            throw new GrammarException(path + "/" + keyword + ": must be a number");
        }
    }

    private static void bound(String keyword, String exclusive, Json value, Json.Obj schema, Map<String, Json> normal) {
        if (!Keywords.isTrue(schema, exclusive)) {
            normal.put(keyword, value);
        }
    }
}
