package dev.altiplano.server.api.chat;

import dev.altiplano.engine.FinishReason;
import dev.altiplano.engine.TokenScore;
import dev.altiplano.engine.chat.ChatDelta;
import dev.altiplano.engine.chat.ToolCallParser;
import dev.altiplano.server.api.resume.AnswerOrigin;
import java.util.ArrayList;
import java.util.List;

/** The text of one choice on its way to content and calls. Used by the request's thread. */
final class Answer {

    private final int index;
    private final ToolUse tools;
    private final ToolCallParser parser;
    private final List<TokenScore> scores = new ArrayList<>();
    /** Whether the text ended behind the beginning of a call that does not count, as there may be one alone. */
    private boolean another;

    /** @param origin what its calls get their ids from */
    Answer(int index, ToolUse tools, AnswerOrigin origin) {
        this.index = index;
        this.tools = tools;
        parser = tools.parser(index, origin);
    }

    int index() {
        return index;
    }

    /** Takes more text and its tokens; gives what is certain now. */
    List<ChatDelta> accept(String text, List<TokenScore> tokens) {
        scores.addAll(tokens);
        return allowed(parser.accept(text));
    }

    /** Ends the text; gives what was held back. */
    List<ChatDelta> finish() {
        boolean cut = !tools.parallel() && parser.beginsAnother();
        another = cut || !tools.parallel() && parser.calls() > 1;
        List<ChatDelta> rest = tools.must() ? parser.finishCall() : parser.finish();
        return cut ? List.of() : allowed(rest);
    }

    /** The tokens since this was last asked. */
    List<TokenScore> takeScores() {
        List<TokenScore> taken = List.copyOf(scores);
        scores.clear();
        return taken;
    }

    /** OpenAI's word for why it ended, once it is finished. */
    String finishReason(FinishReason reason) {
        // What cuts a call that does not count has not cut the one that does.
        if (another) {
            return "tool_calls";
        }
        return switch (reason) {
            // A stop string may stand inside a call.
            case STOP -> parser.isComplete() ? "tool_calls" : "stop";
            case LENGTH -> "length";
        };
    }

    private List<ChatDelta> allowed(List<ChatDelta> deltas) {
        return tools.parallel()
                ? deltas
                : deltas.stream().filter(Answer::isFirstCallOrContent).toList();
    }

    private static boolean isFirstCallOrContent(ChatDelta delta) {
        return switch (delta) {
            case ChatDelta.Content content -> true;
            case ChatDelta.CallBegin begin -> begin.index() == 0;
            case ChatDelta.CallArguments arguments -> arguments.index() == 0;
        };
    }
}
