package dev.altiplano.server.api.chat;

import dev.altiplano.engine.chat.ToolCallFormat;
import dev.altiplano.engine.grammar.schema.FollowedKeywords;
import dev.altiplano.server.api.json.JsonValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The JSON Schema of one call of one of several tools, as a model writes it: {@code {"name": …, "arguments": {…}}}. */
final class ToolCallSchema {

    private static final Map<String, @Nullable Object> ANY_OBJECT = Map.of("type", "object");

    private ToolCallSchema() {}

    /**
     * The schema's text.
     *
     * @param all whether the arguments of all tools follow their schemas, those that are not strict as far as a grammar can
     */
    static String of(List<Tool> tools, ToolCallFormat format, boolean all) {
        String arguments = format == ToolCallFormat.JSON ? "parameters" : "arguments";
        List<Object> calls = new ArrayList<>();
        for (Tool tool : tools) {
            String root = "#/anyOf/" + calls.size() + "/properties/" + arguments;
            Map<String, @Nullable Object> properties = new LinkedHashMap<>();
            properties.put("name", Map.of("const", tool.name()));
            properties.put(arguments, arguments(tool, all, root));
            Map<String, @Nullable Object> call = new LinkedHashMap<>();
            call.put("type", "object");
            call.put("properties", properties);
            call.put("required", List.of("name", arguments));
            call.put("additionalProperties", false);
            calls.add(call);
        }
        return JsonValue.text(Map.of("anyOf", calls));
    }

    private static @Nullable Object arguments(Tool tool, boolean all, String root) {
        String id = tool.parameters().get("$id") instanceof String text ? text : "";
        if (tool.strict()) {
            return moved(tool.parameters(), id, root);
        }
        return all ? moved(FollowedKeywords.of(tool.parameters()), id, root) : ANY_OBJECT;
    }

    /** The schema's text of the arguments of one tool alone. */
    static String ofArguments(Tool tool) {
        return JsonValue.text(tool.strict() ? tool.parameters() : ANY_OBJECT);
    }

    /** The same schema where it stands at {@code root}: references into itself, also by its own {@code id}, begin there. */
    private static @Nullable Object moved(@Nullable Object value, String id, String root) {
        return switch (value) {
            case Map<?, ?> fields -> {
                Map<String, @Nullable Object> moved = new LinkedHashMap<>();
                fields.forEach((name, field) -> moved.put(
                        String.valueOf(name),
                        "$ref".equals(name) && field instanceof String reference
                                ? moved(reference, id, root)
                                : moved(field, id, root)));
                yield moved;
            }
            case List<?> elements -> {
                List<@Nullable Object> moved = new ArrayList<>();
                elements.forEach(element -> moved.add(moved(element, id, root)));
                yield moved;
            }
            case null, default -> value;
        };
    }

    private static String moved(String reference, String id, String root) {
        String local = reference;
        if (!id.isEmpty() && reference.startsWith(id)) {
            String rest = reference.substring(id.length());
            local = rest.startsWith("#") ? rest : "#" + rest;
        }
        return local.equals("#") || local.startsWith("#/") ? root + local.substring(1) : reference;
    }
}
