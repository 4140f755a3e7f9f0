package dev.altiplano.server.api.chat;

import dev.altiplano.engine.ModelCard;
import dev.altiplano.engine.chat.ToolCallFormat;
import dev.altiplano.engine.grammar.GrammarSource;
import dev.altiplano.engine.grammar.schema.Whitespace;
import dev.altiplano.server.api.error.ApiException;
import dev.altiplano.server.api.structured.AskedGrammar;
import dev.altiplano.server.api.structured.GrammarField;
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
     * @param model has its way to write calls
     * @throws ApiException where they are wrong, or do not go together
     */
    static ToolSelection of(ChatBody body, ModelCard model) {
        List<Tool> tools = Tool.read(body.tools());
        AskedGrammar asked = GrammarReader.read(body);
        ToolCallFormat written = model.toolCalls();
        boolean parallel = !Boolean.FALSE.equals(body.parallelToolCalls());
        return switch (body.toolChoice()) {
            case null -> may(tools, tools, model, parallel, asked);
            case ToolChoice.Never never -> content(asked);
            case ToolChoice.Auto auto -> may(tools, tools, model, parallel, asked);
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
                if (must && allowed.isEmpty()) {
                    throw ApiException.invalid(
                            "tool_choice", "tool_choice requires a call, but its allowed_tools.tools is empty");
                }
                yield must ? mustCall(allowed, tools, written, asked) : may(allowed, tools, model, parallel, asked);
            }
        };
    }

    private static ToolSelection content(@Nullable AskedGrammar asked) {
        return new ToolSelection(List.of(), ToolUse.NONE, asked);
    }

    /**
     * Where some of the tools alone may be called, where a call is to follow a schema, or where an answer that is no call is to follow
     * something, the answer has a grammar of its own.
     *
     * @param callable those of {@code tools} that may be called, and that the prompt tells of
     */
    private static ToolSelection may(
            List<Tool> callable, List<Tool> tools, ModelCard model, boolean parallel, @Nullable AskedGrammar asked) {
        if (callable.isEmpty()) {
            return content(asked);
        }
        ToolCallFormat written = model.toolCalls();
        // A model without a template is refused by the engine, as it is without tools.
        if (written == ToolCallFormat.NONE && model.chats()) {
            throw ApiException.invalid(
                    "tools",
                    "tools: this model's chat template does not describe tools to it; leave them out, or set"
                            + " altiplano.model.chat-template to a template that does");
        }
        ToolUse use = new ToolUse(written, names(callable), false, written == ToolCallFormat.MISTRAL, parallel);
        boolean free = asked == null
                && callable.size() == tools.size()
                && callable.stream().noneMatch(Tool::strict);
        if (free || written == ToolCallFormat.NONE) {
            return new ToolSelection(callable, use, asked);
        }
        GrammarSource source = HeldCalls.grammar(callable, written, parallel, asked == null ? null : asked.source());
        ParametersField parameters = parameters(callable, tools);
        GrammarField field = asked == null
                ? parameters
                : invalid -> (parameters.concerns(invalid) ? parameters : asked.field()).refused(invalid);
        return new ToolSelection(callable, use, new AskedGrammar(source, field));
    }

    private static ParametersField parameters(List<Tool> callable, List<Tool> tools) {
        return new ParametersField(callable.stream().map(tools::indexOf).toList());
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
        if (asked != null && !asked.ofContent()) {
            throw ApiException.invalid(
                    "tool_choice", "tool_choice requires a call, which cannot be combined with another structure");
        }
        return new ToolSelection(
                tools,
                new ToolUse(ToolCallFormat.JSON, names(callable), true, written == ToolCallFormat.MISTRAL, false),
                new AskedGrammar(
                        new GrammarSource.JsonSchema(ToolCallSchema.of(callable, written, true), Whitespace.FLEXIBLE),
                        parameters(callable, tools)));
    }

    private static Set<String> names(List<Tool> tools) {
        return tools.stream().map(Tool::name).collect(Collectors.toUnmodifiableSet());
    }
}
