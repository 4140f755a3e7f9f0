package dev.altiplano.server.api.chat;

import dev.altiplano.engine.TokenScore;
import dev.altiplano.engine.chat.ChatDelta;
import dev.altiplano.engine.chat.ToolCall;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One choice, gathered until it is written. Used by the request's thread. */
final class CompleteMessage {

    private final StringBuilder content = new StringBuilder();
    private final List<ToolCall> calls = new ArrayList<>();
    private final List<TokenScore> scores = new ArrayList<>();
    private @Nullable String finishReason;

    void append(List<ChatDelta> deltas) {
        for (ChatDelta delta : deltas) {
            switch (delta) {
                case ChatDelta.Content(String text) -> content.append(text);
                case ChatDelta.CallBegin(int index, String id, String name) -> calls.add(new ToolCall(id, name, ""));
                case ChatDelta.CallArguments(int index, String fragment) -> {
                    ToolCall call = calls.get(index);
                    calls.set(index, new ToolCall(call.id(), call.name(), call.arguments() + fragment));
                }
            }
        }
    }

    void finish(List<TokenScore> tokens, String reason) {
        scores.addAll(tokens);
        finishReason = reason;
    }

    /** Null where there are calls alone. */
    @Nullable
    String content() {
        return content.isEmpty() && !calls.isEmpty() ? null : content.toString();
    }

    List<ToolCall> calls() {
        return calls;
    }

    List<TokenScore> scores() {
        return scores;
    }

    /** Null until it is known. */
    @Nullable
    String finishReason() {
        return finishReason;
    }
}
