package dev.altiplano.tool.replay;

import dev.altiplano.tool.console.ToolException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A line of a recording.
 *
 * @param line its number, from 1
 * @param atMs when it was submitted, since its service started
 * @param answer what the answer's random numbers came from, 32 hexadecimal digits
 * @param created when it began, seconds since 1970
 * @param completed whether the answer came to its own end
 * @param adapter the adapter that was asked; empty for none
 * @param body null where it was recorded without texts
 */
record RecordedRequest(
        long line,
        long atMs,
        String route,
        String answer,
        long created,
        String fingerprint,
        String adapter,
        boolean completed,
        List<Choice> choices,
        @Nullable ObjectNode body) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /**
     * Reads {@code text}, line {@code number} of {@code file}.
     *
     * @throws ToolException where it is none
     */
    static RecordedRequest parse(String file, long number, String text) {
        JsonNode root;
        try {
            root = JSON.readTree(text);
        } catch (JacksonException e) {
            throw wrong(file, number, "it is not a JSON object");
        }
        String answer = root.path("answer").asString("");
        if (!answer.matches("[0-9a-f]{32}")) {
            throw wrong(file, number, "\"answer\" must be 32 hexadecimal digits");
        }
        String route = root.path("route").asString("");
        if (!route.matches("/v1/[a-z/]{1,64}")) {
            throw wrong(file, number, "\"route\" must be a path such as /v1/completions");
        }
        List<Choice> choices = new ArrayList<>();
        for (JsonNode choice : root.path("choices")) {
            choices.add(Choice.recorded(choice));
        }
        return new RecordedRequest(
                number,
                root.path("at_ms").asLong(0),
                route,
                answer,
                root.path("created").asLong(0),
                root.path("fingerprint").asString(""),
                root.path("adapter").asString(""),
                root.path("outcome").asString("").equals("completed"),
                List.copyOf(choices),
                root.path("body") instanceof ObjectNode body ? body : null);
    }

    private static ToolException wrong(String file, long number, String reason) {
        return new ToolException(file + ", line " + number + ": " + reason
                + "; a recording is what a service writes where altiplano.api.record says");
    }
}
