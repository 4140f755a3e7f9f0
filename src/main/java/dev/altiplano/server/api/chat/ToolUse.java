package dev.altiplano.server.api.chat;

import dev.altiplano.engine.ControlTokenText;
import dev.altiplano.engine.chat.ToolCallFormat;
import dev.altiplano.engine.chat.ToolCallParser;
import java.util.Set;
import java.util.UUID;

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

    private static final int SHORT = 9;
    private static final int LONG = 24;

    /** No calls at all. */
    static final ToolUse NONE = new ToolUse(ToolCallFormat.NONE, Set.of(), false, false, false);

    ToolUse {
        functions = Set.copyOf(functions);
    }

    /** A parser for one answer. */
    ToolCallParser parser() {
        return new ToolCallParser(format, functions, this::newId);
    }

    /** The control tokens that a parser needs to see. */
    ControlTokenText controlTokens() {
        return format == ToolCallFormat.NONE ? ControlTokenText.NONE : ControlTokenText.TOOL_CALL_MARKS;
    }

    private String newId() {
        String random = UUID.randomUUID().toString().replace("-", "");
        return shortIds ? random.substring(0, SHORT) : "call_" + random.substring(0, LONG);
    }
}
