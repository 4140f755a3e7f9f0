package dev.altiplano.server.api.chat;

import dev.altiplano.engine.chat.ToolCallFormat;
import dev.altiplano.engine.grammar.GrammarSource;
import dev.altiplano.engine.grammar.tagged.Tag;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The grammar of an answer that may have calls in it: free text, but what stands behind a model's mark is a call of one of some
 * tools, whose arguments follow their schema where they are strict. Where the answer is to follow a grammar, it does or is calls.
 */
final class HeldCalls {

    private static final String SPACE = "\\s{0,4}";
    /** Names that the model can write behind its mark as they are. */
    private static final String PLAIN_NAME = "[A-Za-z0-9_.-]+";

    private HeldCalls() {}

    /**
     * The grammar.
     *
     * @param several whether there may be more than one call
     * @param instead what an answer without calls follows; null is any text
     */
    static GrammarSource grammar(
            List<Tool> tools, ToolCallFormat format, boolean several, @Nullable GrammarSource instead) {
        String schema = ToolCallSchema.of(tools, format, false);
        List<Tag> tags = new ArrayList<>();
        switch (format) {
            case HERMES -> tags.add(new Tag(SPACE, schema, false, SPACE + format.end()));
            case JSON -> tags.add(new Tag(SPACE, schema, false, ""));
            case MISTRAL -> {
                tags.add(new Tag(SPACE, schema, true, ""));
                for (Tool tool : tools) {
                    if (tool.name().matches(PLAIN_NAME)) {
                        String name = tool.name().replace(".", "\\.");
                        tags.add(new Tag(
                                name + "(\\[CALL_ID\\][A-Za-z0-9]{9})?(\\[ARGS\\])?",
                                ToolCallSchema.ofArguments(tool),
                                false,
                                ""));
                    }
                }
            }
            case NONE -> throw new IllegalArgumentException("a model without calls");
        }
        return new GrammarSource.Tagged(format.begin(), tags, format.isBare(), several, instead);
    }
}
