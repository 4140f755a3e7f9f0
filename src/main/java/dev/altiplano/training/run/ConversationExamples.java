package dev.altiplano.training.run;

import dev.altiplano.engine.chat.ChatRequest;
import dev.altiplano.engine.chat.ChatTemplate;
import dev.altiplano.engine.chat.Message;
import dev.altiplano.engine.chat.Role;
import dev.altiplano.engine.chat.ToolCall;
import dev.altiplano.engine.chat.template.text.TemplateException;
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
        for (JsonNode tool : list(json, "tools", where)) {
            if (!tool.isObject()) {
                throw new TrainingException(where + "tools must be a list of objects");
            }
            tools.add(JSON.treeToValue(tool, Map.class));
        }
        List<Example> examples = new ArrayList<>();
        for (JsonNode message : list(json, "messages", where)) {
            String place = where + "messages[" + messages.size() + "]";
            Message read = message(message, place);
            if (read.role() == Role.ASSISTANT && isLearned(message, place)) {
                int[] prompt = encode(tokenizer, template, messages, tools, true, where);
                messages.add(read);
                int[] whole = encode(tokenizer, template, messages, tools, false, where);
                if (whole[whole.length - 1] != tokenizer.eos()) {
                    throw new TrainingException(
                            where + "the chat template must end the assistant's messages with the end of a sequence");
                }
                examples.add(new Example(whole, Example.common(prompt, whole)));
            } else {
                messages.add(read);
            }
        }
        if (examples.isEmpty()) {
            throw new TrainingException(where
                    + "messages has no message of the assistant that is to be learned (role assistant, weight not 0)");
        }
        return examples;
    }

    private static int[] encode(
            Tokenizer tokenizer,
            ChatTemplate template,
            List<Message> messages,
            List<Object> tools,
            boolean generates,
            String where) {
        ChatRequest request = new ChatRequest(messages, tools, List.of(), Map.of(), generates, false, NOW);
        try {
            return tokenizer.encode(template.render(request).segments().stream()
                    .map(segment -> new TextPart(segment.text(), segment.trusted()))
                    .toList());
        } catch (TemplateException e) {
            throw new TrainingException(where + "the chat template refuses the messages: " + e.getMessage(), e);
        }
    }

    /** OpenAI's {@code weight}: an assistant's message with 0 is context alone. */
    private static boolean isLearned(JsonNode json, String place) {
        JsonNode weight = json.path("weight");
        if (isAbsent(weight)) {
            return true;
        }
        if (!weight.isNumber() || weight.doubleValue() != 0 && weight.doubleValue() != 1) {
            throw new TrainingException(place + ".weight must be 0 or 1");
        }
        return weight.doubleValue() == 1;
    }

    private static Message message(JsonNode json, String place) {
        String name = json.path("role").asString("");
        Role role = Arrays.stream(Role.values())
                .filter(known -> known.text().equals(name))
                .findFirst()
                .orElseThrow(() -> new TrainingException(place + " has the role '" + name + "'"));
        List<ToolCall> calls = new ArrayList<>();
        for (JsonNode call : list(json, "tool_calls", place + ".")) {
            calls.add(call(call, place + ".tool_calls[" + calls.size() + "]"));
        }
        List<String> content = content(json, place);
        if (content == null
                && (role != Role.ASSISTANT
                        || calls.isEmpty() && !json.path("refusal").isString())) {
            throw new TrainingException(place + " has no content");
        }
        String reasoning = text(json, "reasoning_content", place);
        return new Message(
                role,
                content == null ? List.of() : content,
                content != null,
                text(json, "name", place),
                calls,
                role == Role.TOOL ? json.path("tool_call_id").asString("") : null,
                reasoning == null ? text(json, "reasoning", place) : reasoning);
    }

    /** The parts of text; null where there is no content. */
    private static @Nullable List<String> content(JsonNode json, String place) {
        JsonNode content = json.path("content");
        if (!content.isArray()) {
            String text = text(json, "content", place);
            return text == null ? null : List.of(text);
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode part : content) {
            String type = part.path("type").asString("");
            String text = type.equals("text") || type.equals("refusal")
                    ? part.path(type).asString(null)
                    : null;
            if (text == null) {
                throw new TrainingException(place + ".content[" + texts.size() + "] is no part of text");
            }
            texts.add(text);
        }
        return texts;
    }

    private static ToolCall call(JsonNode json, String place) {
        JsonNode function = json.path("function");
        String name = text(function, "name", place + ".function");
        if (name == null) {
            throw new TrainingException(place + " needs a function with a name");
        }
        JsonNode arguments = function.path("arguments");
        String text = arguments.isObject()
                ? JSON.writeValueAsString(arguments)
                : text(function, "arguments", place + ".function");
        return new ToolCall(json.path("id").asString(""), name, text == null || text.isEmpty() ? "{}" : text);
    }

    private static @Nullable String text(JsonNode json, String name, String place) {
        JsonNode value = json.path(name);
        if (isAbsent(value)) {
            return null;
        }
        if (!value.isString()) {
            throw new TrainingException(place + "." + name + " is no text");
        }
        return value.stringValue();
    }

    private static List<JsonNode> list(JsonNode json, String name, String where) {
        JsonNode list = json.path(name);
        if (isAbsent(list)) {
            return List.of();
        }
        if (!list.isArray()) {
            throw new TrainingException(where + name + " is no list");
        }
        return list.valueStream().toList();
    }

    private static boolean isAbsent(JsonNode value) {
        return value.isMissingNode() || value.isNull();
    }
}
