package dev.altiplano.server.api.chat;

import dev.altiplano.server.api.error.ApiException;
import dev.altiplano.server.api.json.JsonValue;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A function that the model may call.
 *
 * @param name unique among the tools of a request
 * @param parameters the JSON Schema of its arguments
 * @param strict whether the arguments of every call follow the schema, not only of one that is required
 * @param value the tool as the client sent it, for the template
 */
record Tool(
        String name, Map<String, @Nullable Object> parameters, boolean strict, Map<String, @Nullable Object> value) {

    private static final int MAX_TOOLS = 128;
    private static final int MAX_NAME_CHARACTERS = 256;
    private static final Set<String> SAY_WHAT = Set.of("type", "$ref", "anyOf", "oneOf", "allOf", "enum", "const");
    private static final Map<String, @Nullable Object> NO_PARAMETERS =
            Map.of("type", "object", "properties", Map.of(), "additionalProperties", false);

    /**
     * Checks the field {@code tools}.
     *
     * @throws ApiException with the path of what is wrong
     */
    static List<Tool> read(@Nullable List<@Nullable JsonValue> field) {
        if (field == null) {
            return List.of();
        }
        if (field.size() > MAX_TOOLS) {
            throw ApiException.invalid(
                    "tools", "tools must be an array of at most " + MAX_TOOLS + " entries, it has " + field.size());
        }
        List<Tool> tools = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (JsonValue entry : field) {
            String path = "tools[" + tools.size() + "]";
            Tool tool = tool(path, entry == null ? null : entry.object());
            if (!names.add(tool.name)) {
                throw ApiException.invalid(
                        path + ".function.name", path + ".function.name '" + tool.name + "' is given twice");
            }
            tools.add(tool);
        }
        return tools;
    }

    private static Tool tool(String path, @Nullable Map<String, @Nullable Object> value) {
        if (value == null) {
            throw wrong(path, "an object");
        }
        if (!"function".equals(value.get("type"))) {
            throw wrong(path + ".type", "function: other tools are not supported");
        }
        Map<String, @Nullable Object> function = JsonValue.object(value.get("function"));
        if (function == null) {
            throw wrong(path + ".function", "an object");
        }
        if (!(function.get("name") instanceof String name) || name.isEmpty() || name.length() > MAX_NAME_CHARACTERS) {
            throw wrong(path + ".function.name", "a string of 1 to " + MAX_NAME_CHARACTERS + " characters");
        }
        Object parameters = function.get("parameters");
        Map<String, @Nullable Object> schema = parameters == null ? NO_PARAMETERS : ofObjects(parameters);
        if (schema == null) {
            throw wrong(path + ".function.parameters", "an object, the JSON Schema of the arguments");
        }
        Object strict = function.get("strict");
        if (strict != null && !(strict instanceof Boolean)) {
            throw wrong(path + ".function.strict", "true or false");
        }
        Object description = function.get("description");
        if (description != null && !(description instanceof String)) {
            throw wrong(path + ".function.description", "a string");
        }
        return new Tool(name, schema, Boolean.TRUE.equals(strict), value);
    }

    /** The schema, which is of objects where it does not say of what it is: arguments are one. */
    private static @Nullable Map<String, @Nullable Object> ofObjects(Object parameters) {
        Map<String, @Nullable Object> schema = JsonValue.object(parameters);
        if (schema == null || schema.keySet().stream().anyMatch(SAY_WHAT::contains)) {
            return schema;
        }
        Map<String, @Nullable Object> typed = new LinkedHashMap<>(schema);
        typed.put("type", "object");
        return typed;
    }

    private static ApiException wrong(String path, String expected) {
        return ApiException.invalid(path, path + " must be " + expected);
    }
}
