package dev.altiplano.server.api.chat;

import dev.altiplano.engine.chat.ToolCallFormat;
import dev.altiplano.engine.grammar.GrammarSource;
import dev.altiplano.engine.grammar.schema.Whitespace;
import dev.altiplano.server.api.error.ApiException;
import dev.altiplano.server.api.structured.AskedGrammar;
import dev.altiplano.server.api.structured.GrammarReader;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a request's tools, tool choice and structured output come to.
 *
 * @param offered the tools that the prompt tells of
 * @param use how calls are found in the answer
 * @param grammar what the answer must follow; null is anything
 */
record ToolSelection(
        List<Tool> offered, ToolUse use, @Nullable AskedGrammar grammar) {

    ToolSelection {
        offered = List.copyOf(offered);
    }

    /**
     * Reads the fields.
     *
     * @param written how the model writes calls
     * @throws ApiException where they are wrong, or do not go together
     */
    static ToolSelection of(ChatBody body, ToolCallFormat written) {
        List<Tool> tools = Tool.read(body.tools());
        AskedGrammar asked = GrammarReader.read(body);
        boolean parallel = !Boolean.FALSE.equals(body.parallelToolCalls());
        return switch (body.toolChoice()) {
            case null -> may(tools, written, parallel, asked);
            case ToolChoice.Never never -> content(asked);
            case ToolChoice.Auto auto -> may(tools, written, parallel, asked);
            case ToolChoice.Required required -> mustCall(tools, tools, written, asked);
            case ToolChoice.Named(String name) ->
                mustCall(tools.stream().filter(tool -> tool.name().equals(name)).toList(), tools, written, asked);
            case ToolChoice.Among(boolean must, Set<String> functions) -> {
                List<Tool> allowed = tools.stream()
                        .filter(tool -> functions.contains(tool.name()))
                        .toList();
                if (allowed.size() < functions.size()) {
                    throw ApiException.invalid(
                            "tool_choice", "tool_choice allows a function that is not among the tools");
                }
                yield must ? mustCall(allowed, tools, written, asked) : may(allowed, written, parallel, asked);
            }
        };
    }

    private static ToolSelection content(@Nullable AskedGrammar asked) {
        return new ToolSelection(List.of(), ToolUse.NONE, asked);
    }

    /** An answer that follows a grammar is content, whatever it looks like. */
    private static ToolSelection may(
            List<Tool> tools, ToolCallFormat written, boolean parallel, @Nullable AskedGrammar asked) {
        if (tools.isEmpty()) {
            return content(asked);
        }
        ToolUse use = asked == null
                ? new ToolUse(written, names(tools), false, written == ToolCallFormat.MISTRAL, parallel)
                : ToolUse.NONE;
        return new ToolSelection(tools, use, asked);
    }

    /** The answer is one call, a JSON object without the marks that models put around it. */
    private static ToolSelection mustCall(
            List<Tool> callable, List<Tool> tools, ToolCallFormat written, @Nullable AskedGrammar asked) {
        if (callable.isEmpty()) {
            throw ApiException.invalid(
                    "tool_choice",
                    tools.isEmpty()
                            ? "tool_choice requires a call, but there are no tools"
                            : "tool_choice names a function that is not among the tools");
        }
        if (asked != null) {
            throw ApiException.invalid(
                    "tool_choice", "tool_choice requires a call, which cannot be combined with another structure");
        }
        return new ToolSelection(
                tools,
                new ToolUse(ToolCallFormat.JSON, names(callable), true, written == ToolCallFormat.MISTRAL, false),
                new AskedGrammar(
                        new GrammarSource.JsonSchema(ToolCallSchema.of(callable, written), Whitespace.FLEXIBLE),
                        new ParametersField(
                                callable.stream().map(tools::indexOf).toList())));
    }

    private static Set<String> names(List<Tool> tools) {
        return tools.stream().map(Tool::name).collect(Collectors.toUnmodifiableSet());
    }
}
