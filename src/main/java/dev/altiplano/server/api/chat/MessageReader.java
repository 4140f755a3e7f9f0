package dev.altiplano.server.api.chat;

import dev.altiplano.engine.chat.Message;
import dev.altiplano.engine.chat.Role;
import dev.altiplano.engine.chat.ToolCall;
import dev.altiplano.server.api.FieldRange;
import dev.altiplano.server.api.error.ApiException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks the messages of one body, one after the other, and says them in the engine's words. */
final class MessageReader {

    private static final int MAX_NAME_CHARACTERS = 512;

    /** Ids of the calls so far, which results may answer. */
    private final Set<String> callIds = new HashSet<>();

    private MessageReader() {}

    /**
     * Reads all of a body's messages.
     *
     * @throws ApiException with the path of what is wrong
     */
    static List<Message> read(@Nullable List<@Nullable MessageBody> bodies) {
        if (bodies == null) {
            throw missing("messages");
        }
        if (bodies.isEmpty()) {
            throw ApiException.invalid("messages", "messages must be an array of at least one message");
        }
        MessageReader reader = new MessageReader();
        List<Message> messages = new ArrayList<>(bodies.size());
        for (MessageBody body : bodies) {
            String path = "messages[" + messages.size() + "]";
            if (body == null) {
                throw ApiException.invalid("messages", path + " must be an object, not null");
            }
            messages.add(reader.message(path, body));
        }
        return messages;
    }

    private Message message(String path, MessageBody body) {
        Role role = role(path + ".role", body.role());
        if (body.type() != null && !body.type().equals("text")) {
            throw ApiException.invalid(path + ".type", path + ".type must be text, not '" + body.type() + "'");
        }
        List<ToolCall> calls = calls(path + ".tool_calls", role, body.toolCalls());
        ContentField content = body.content();
        if (content == null && (role != Role.ASSISTANT || calls.isEmpty() && body.refusal() == null)) {
            throw missing(path + ".content");
        }
        String callId = body.toolCallId();
        if (role == Role.TOOL) {
            requireKnown(path + ".tool_call_id", callId);
        } else if (callId != null && !callId.isEmpty()) {
            throw ApiException.invalid(
                    path + ".tool_call_id", path + ".tool_call_id is only allowed in a message of a tool");
        }
        String reasoning = body.reasoningContent() == null ? body.reasoning() : body.reasoningContent();
        return new Message(
                role,
                content == null ? List.of() : texts(path + ".content", content),
                content != null,
                FieldRange.string(path + ".name", body.name(), MAX_NAME_CHARACTERS),
                calls,
                callId,
                reasoning);
    }

    private static Role role(String path, @Nullable String name) {
        if (name == null) {
            throw missing(path);
        }
        for (Role role : Role.values()) {
            if (role.text().equals(name)) {
                return role;
            }
        }
        throw ApiException.invalid(
                path, path + " must be system, developer, user, assistant or tool, not '" + name + "'");
    }

    private static List<String> texts(String path, ContentField content) {
        List<String> texts = new ArrayList<>();
        for (ContentPart part : content.parts()) {
            String at = path + "[" + texts.size() + "]";
            String text = switch (part.type()) {
                case null -> throw missing(at + ".type");
                case "text" -> part.text();
                case "refusal" -> part.refusal();
                default ->
                    throw ApiException.invalid(
                            at + ".type",
                            "unsupported_content",
                            at + " is of type '" + part.type() + "', but the model reads text alone");
            };
            if (text == null) {
                throw missing(at + "." + part.type());
            }
            texts.add(text);
        }
        return texts;
    }

    private List<ToolCall> calls(String path, Role role, @Nullable List<MessageBody.@Nullable CallBody> bodies) {
        if (bodies == null || bodies.isEmpty()) {
            return List.of();
        }
        if (role != Role.ASSISTANT) {
            throw ApiException.invalid(path, path + " is only allowed in a message of the assistant");
        }
        List<ToolCall> calls = new ArrayList<>();
        for (MessageBody.CallBody body : bodies) {
            ToolCall call = call(path + "[" + calls.size() + "]", body);
            callIds.add(call.id());
            calls.add(call);
        }
        return calls;
    }

    private static ToolCall call(String path, MessageBody.@Nullable CallBody body) {
        if (body == null) {
            throw missing(path);
        }
        if (body.type() != null && !body.type().equals("function")) {
            throw ApiException.invalid(path + ".type", path + ".type must be function, not '" + body.type() + "'");
        }
        MessageBody.FunctionBody function = body.function();
        if (function == null) {
            throw missing(path + ".function");
        }
        return new ToolCall(
                required(path + ".id", body.id()),
                required(path + ".function.name", function.name()),
                function.arguments() == null || function.arguments().isEmpty() ? "{}" : function.arguments());
    }

    private void requireKnown(String path, @Nullable String callId) {
        if (!callIds.contains(required(path, callId))) {
            throw ApiException.invalid(
                    path,
                    "unknown_tool_call",
                    path + " '" + callId
                            + "' is the id of no tool call in a message before it; a result follows its call");
        }
    }

    private static String required(String path, @Nullable String value) {
        if (value == null || value.isEmpty()) {
            throw missing(path);
        }
        return value;
    }

    private static ApiException missing(String path) {
        return ApiException.invalid(path, "missing_parameter", path + " is required");
    }
}
