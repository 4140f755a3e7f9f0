package dev.altiplano.server.api.chat;

import dev.altiplano.engine.chat.ToolCallFormat;
import dev.altiplano.engine.chat.ToolCallParser;
import dev.altiplano.server.api.resume.AnswerOrigin;

/**
 * How calls are found in an answer.
 *
 * @param format how they are written; {@link ToolCallFormat#NONE} where all text is content
 * @param shortIds whether the model's template wants Mistral's short ids
 * @param parallel whether there may be more than one
 */
record ToolUse(ToolCallFormat format, boolean shortIds, boolean parallel) {

    /** No calls at all. */
    static final ToolUse NONE = new ToolUse(ToolCallFormat.NONE, false, false);

    /** A parser for choice {@code choice} of the answer that begins from {@code origin}, which has the same ids whenever it is computed. */
    ToolCallParser parser(int choice, AnswerOrigin origin) {
        return new ToolCallParser(format, call -> origin.callId(choice, call, shortIds));
    }
}
