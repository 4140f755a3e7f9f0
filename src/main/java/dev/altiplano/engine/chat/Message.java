package dev.altiplano.engine.chat;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One message of a conversation.
 *
 * @param content parts of text in order; empty where there is none, as with an assistant that only calls tools
 * @param hasContent whether there is content at all: without, templates see None
 * @param name of the author, or of the tool, or null
 * @param toolCalls what the assistant called
 * @param toolCallId the call that a tool's message answers, or null
 * @param reasoning what the assistant thought before it answered, or null
 */
public record Message(
        Role role,
        List<String> content,
        boolean hasContent,
        @Nullable String name,
        List<ToolCall> toolCalls,
        @Nullable String toolCallId,
        @Nullable String reasoning) {

    public Message {
        content = List.copyOf(content);
        toolCalls = List.copyOf(toolCalls);
    }

    /** A message of text alone. */
    public static Message of(Role role, String content) {
        return new Message(role, List.of(content), true, null, List.of(), null, null);
    }

    /** What the assistant called, without text. */
    public static Message ofCalls(List<ToolCall> calls) {
        return new Message(Role.ASSISTANT, List.of(), false, null, calls, null, null);
    }

    /** The result of a tool call. */
    public static Message ofResult(String toolCallId, @Nullable String name, String content) {
        return new Message(Role.TOOL, List.of(content), true, name, List.of(), toolCallId, null);
    }

    Message as(Role other) {
        return new Message(other, content, hasContent, name, toolCalls, toolCallId, reasoning);
    }

    /** The parts as one text. */
    String text() {
        return String.join("\n", content);
    }
}
