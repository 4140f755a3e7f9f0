package dev.altiplano.engine.chat;

import dev.altiplano.engine.chat.template.text.Trusted;
import dev.altiplano.engine.json.JsonException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Messages as templates see them: the fields of OpenAI's wire format, with arguments of calls as values rather than text. */
final class MessageValues {

    private MessageValues() {}

    static Map<String, @Nullable Object> of(Message message, boolean asParts) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        values.put("role", new Trusted(message.role().text()));
        values.put("content", !message.hasContent() ? null : asParts ? parts(message.content()) : message.text());
        if (message.name() != null) {
            values.put("name", message.name());
        }
        if (!message.toolCalls().isEmpty()) {
            List<Object> calls = new ArrayList<>();
            for (ToolCall call : message.toolCalls()) {
                calls.add(call(call));
            }
            values.put("tool_calls", calls);
        }
        if (message.toolCallId() != null) {
            values.put("tool_call_id", message.toolCallId());
        }
        if (message.reasoning() != null) {
            values.put("reasoning_content", message.reasoning());
        }
        return values;
    }

    private static List<Object> parts(List<String> content) {
        List<Object> parts = new ArrayList<>();
        for (String text : content) {
            Map<String, Object> part = new LinkedHashMap<>();
            part.put("type", new Trusted("text"));
            part.put("text", text);
            parts.add(part);
        }
        return parts;
    }

    private static Map<String, @Nullable Object> call(ToolCall call) {
        Map<String, @Nullable Object> function = new LinkedHashMap<>();
        function.put("name", call.name());
        function.put("arguments", arguments(call.arguments()));
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        values.put("id", call.id());
        values.put("type", new Trusted("function"));
        values.put("function", function);
        return values;
    }

    /** The object that the text is; the text itself where it is none. */
    private static @Nullable Object arguments(String text) {
        try {
            return PlainJson.parse(text) instanceof Map<?, ?> object ? object : text;
        } catch (JsonException e) {
            return text;
        }
    }
}
