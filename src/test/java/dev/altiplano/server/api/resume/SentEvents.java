package dev.altiplano.server.api.resume;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.server.TestServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** The events of a stream as a client that may have to go on keeps them. */
record SentEvents(List<Event> events, boolean done) {

    /** Fields whose values are parts of one text. */
    private static final Set<String> TEXTS = Set.of("text", "content", "arguments");

    /** Fields that are null in each event until there is something to say. */
    private static final Set<String> NULLS = Set.of("/finish_reason", "/logprobs", "/refusal");

    /** One event: its id, and its JSON. */
    record Event(String id, JsonNode data) {}

    /** The events of the body of a response, complete or cut off somewhere. */
    static SentEvents of(String body) {
        List<Event> events = new ArrayList<>();
        // What stands behind the last empty line has not come in full.
        int end = body.lastIndexOf("\n\n");
        for (String block : end < 0 ? new String[0] : body.substring(0, end).split("\n\n")) {
            String event = TestServer.withoutHeartbeats(block);
            if (event.equals("data: [DONE]")) {
                return new SentEvents(events, true);
            }
            String[] lines = event.split("\n");
            assertThat(lines).as(event).hasSize(2);
            assertThat(lines[0]).matches("id: [A-Za-z0-9_-]+");
            assertThat(lines[1]).startsWith("data: {");
            events.add(new Event(
                    lines[0].substring("id: ".length()),
                    TestServer.JSON.readTree(lines[1].substring("data: ".length()))));
        }
        return new SentEvents(events, false);
    }

    /** The first {@code count} events, and then those of {@code rest}. */
    SentEvents upTo(int count, SentEvents rest) {
        List<Event> joined = new ArrayList<>(events.subList(0, count));
        joined.addAll(rest.events);
        return new SentEvents(joined, rest.done);
    }

    /** The id of the last event. */
    String lastId() {
        return events.getLast().id();
    }

    /**
     * All that they say, however it is divided into events: what each field of each choice holds, in order. Usage counts once, behind the
     * last choice, and the index of a call once for all its parts.
     */
    Map<String, String> content() {
        Map<String, String> content = new TreeMap<>();
        for (Event event : events) {
            JsonNode chunk = event.data();
            for (String field : List.of("id", "object", "created", "model", "system_fingerprint")) {
                String before = content.put(field, chunk.get(field).asString());
                assertThat(before).as(field).isIn(null, content.get(field));
            }
            for (JsonNode choice : chunk.get("choices")) {
                String index = choice.get("index").asString();
                choice.properties().stream()
                        .filter(field -> !field.getKey().equals("index"))
                        .forEach(field -> add(content, index + "/" + field.getKey(), field.getValue()));
            }
            if (chunk.get("choices").isEmpty()) {
                add(content, "prompt_tokens", chunk.get("usage").get("prompt_tokens"));
                add(content, "completion_tokens", chunk.get("usage").get("completion_tokens"));
            }
        }
        return content;
    }

    private static void add(Map<String, String> content, String path, JsonNode value) {
        if (value.isObject()) {
            value.properties().forEach(field -> add(content, path + "/" + field.getKey(), field.getValue()));
        } else if (value.isArray()) {
            value.forEach(entry -> add(content, path, entry));
        } else if (!value.isNull() || NULLS.stream().noneMatch(path::endsWith)) {
            boolean text = TEXTS.contains(path.substring(path.lastIndexOf('/') + 1));
            String part = text ? value.asString() : value + ";";
            if (!path.endsWith("/index") || !content.getOrDefault(path, "").endsWith(part)) {
                content.merge(path, part, String::concat);
            }
        }
    }
}
