package dev.altiplano.server.api.chat;

import dev.altiplano.engine.InvalidRequestException;
import dev.altiplano.server.api.error.ApiException;
import dev.altiplano.server.api.structured.GrammarField;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The parameters of tools, of which {@link ToolCallSchema} made one grammar.
 *
 * @param tools the place in the body's field {@code tools} of each that may be called
 */
record ParametersField(List<Integer> tools) implements GrammarField {

    /** Where the schema of one tool's parameters stands in that of all calls. */
    private static final Pattern ROOT = Pattern.compile("#/anyOf/(\\d{1,3})/properties/(?:parameters|arguments)");

    ParametersField {
        tools = List.copyOf(tools);
    }

    /** Whether it is the schema of a tool that is refused. */
    boolean concerns(InvalidRequestException invalid) {
        return ROOT.matcher(String.valueOf(invalid.getMessage())).find();
    }

    @Override
    public ApiException refused(InvalidRequestException invalid) {
        String message = String.valueOf(invalid.getMessage());
        Matcher root = ROOT.matcher(message);
        String field = tools.size() == 1 ? path(0) : "tools";
        if (root.find() && Integer.parseInt(root.group(1)) < tools.size()) {
            field = path(Integer.parseInt(root.group(1)));
            message = root.replaceAll("#");
        }
        return ApiException.invalid(field, invalid.code(), message);
    }

    private String path(int callable) {
        return "tools[" + tools.get(callable) + "].function.parameters";
    }
}
