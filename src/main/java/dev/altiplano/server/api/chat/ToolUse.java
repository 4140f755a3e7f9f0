package dev.altiplano.server.api.chat;

import dev.altiplano.engine.ControlTokenText;
import dev.altiplano.engine.chat.ToolCallFormat;
import dev.altiplano.engine.chat.ToolCallParser;
import dev.altiplano.server.api.resume.AnswerOrigin;
import java.util.Set;

/**
 * How calls are found in an answer.
 *
 * @param format how they are written; {@link ToolCallFormat#NONE} where all text is content
 * @param functions the names of those that may be called
 * @param must whether the answer has to be a call, and nothing else
 * @param shortIds whether the model's template wants Mistral's short ids
 * @param parallel whether there may be more than one
 */
record ToolUse(ToolCallFormat format, Set<String> functions, boolean must, boolean shortIds, boolean parallel) {

    /** No calls at all. */
    static final ToolUse NONE = new ToolUse(ToolCallFormat.NONE, Set.of(), false, false, false);

    ToolUse {
        functions = Set.copyOf(functions);
    }

    /** The control tokens that a parser needs to see. */
    ControlTokenText controlTokens() {
        return format == ToolCallFormat.NONE ? ControlTokenText.NONE : ControlTokenText.TOOL_CALL_MARKS;
    }

    /** A parser for choice {@code choice} of the answer that begins from {@code origin}, which has the same ids whenever it is computed. */
    ToolCallParser parser(int choice, AnswerOrigin origin) {
        return new ToolCallParser(format, functions, call -> origin.callId(choice, call, shortIds));
    }
}
