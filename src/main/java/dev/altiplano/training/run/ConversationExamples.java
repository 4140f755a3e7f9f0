package dev.altiplano.training.run;

import dev.altiplano.engine.chat.ChatRequest;
import dev.altiplano.engine.chat.ChatTemplate;
import dev.altiplano.engine.chat.Message;
import dev.altiplano.engine.chat.Role;
import dev.altiplano.engine.chat.ToolCall;
import dev.altiplano.engine.tokenizer.TextPart;
import dev.altiplano.engine.tokenizer.Tokenizer;
import dev.altiplano.training.TrainingException;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Examples out of a conversation as OpenAI writes it: for each message of the assistant, what the chat template makes of all that
 * came before, and the message. Tokens are those that a service makes of the same request.
 */
final class ConversationExamples {

    private static final LocalDateTime NOW = LocalDateTime.of(2026, 1, 1, 12, 0);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private ConversationExamples() {}

    static List<Example> of(Tokenizer tokenizer, @Nullable ChatTemplate template, JsonNode json, String where) {
        if (template == null) {
            throw new TrainingException(
                    where + "has messages, but the model has no chat template: name one with --template");
        }
        List<Message> messages = new ArrayList<>();
        List<Object> tools = new ArrayList<>();
        json.path("tools").forEach(tool -> tools.add(JSON.treeToValue(tool, Map.class)));
        List<Example> examples = new ArrayList<>();
        for (JsonNode message : json.path("messages")) {
            Message read = message(message, where);
            if (read.role() == Role.ASSISTANT) {
                int[] prompt = encode(tokenizer, template, messages, tools, true);
                messages.add(read);
                int[] whole = encode(tokenizer, template, messages, tools, false);
                if (whole[whole.length - 1] != tokenizer.eos()) {
                    throw new TrainingException(
                            where + "the chat template must end the assistant's messages with the end of a sequence");
                }
                examples.add(new Example(whole, Example.common(prompt, whole)));
            } else {
                messages.add(read);
            }
        }
        return examples;
    }

    private static int[] encode(
            Tokenizer tokenizer, ChatTemplate template, List<Message> messages, List<Object> tools, boolean generates) {
        ChatRequest request = new ChatRequest(messages, tools, List.of(), Map.of(), generates, false, NOW);
        return tokenizer.encode(template.render(request).segments().stream()
                .map(segment -> new TextPart(segment.text(), segment.trusted()))
                .toList());
    }

    private static Message message(JsonNode json, String where) {
        String name = json.path("role").asString("");
        Role role = Arrays.stream(Role.values())
                .filter(known -> known.text().equals(name))
                .findFirst()
                .orElseThrow(() -> new TrainingException(where + "a message has the role '" + name + "'"));
        List<ToolCall> calls = new ArrayList<>();
        for (JsonNode call : json.path("tool_calls")) {
            JsonNode function = call.path("function");
            calls.add(new ToolCall(
                    call.path("id").asString(""),
                    function.path("name").asString(""),
                    function.path("arguments").asString("{}")));
        }
        JsonNode content = json.path("content");
        return new Message(
                role,
                content.isString() ? List.of(content.stringValue()) : List.of(),
                content.isString(),
                null,
                calls,
                role == Role.TOOL ? json.path("tool_call_id").asString("") : null,
                null);
    }
}
