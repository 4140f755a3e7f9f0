package dev.altiplano.server.api.completion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.server.TestServer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Whatever fields are combined, the chunks of a stream joined are the response in one piece. */
class StreamEqualsWholeTest {

    private static final int COMBINATIONS = 60;
    private static final List<List<String>> FIELDS = List.of(
            List.of(
                    "\"prompt\":\"Once\"",
                    "\"prompt\":[\"Once\",\"Two ☃ 𝄞\"]",
                    "\"prompt\":[[1,300,301],[1,310]]",
                    "\"prompt\":\"\""),
            List.of("\"n\":1", "\"n\":2", "\"n\":3"),
            List.of("\"max_tokens\":0", "\"max_tokens\":1", "\"max_tokens\":12", "\"max_tokens\":30"),
            List.of("\"echo\":false", "\"echo\":true"),
            List.of("\"logprobs\":null", "\"logprobs\":0", "\"logprobs\":2"),
            List.of("\"prompt_logprobs\":null", "\"prompt_logprobs\":0", "\"prompt_logprobs\":3"),
            List.of("\"return_token_ids\":false", "\"return_token_ids\":true"),
            List.of("\"stop\":null", "\"stop\":[\"e\",\"the\",\"\\n\"]", "\"stop\":\" \""),
            List.of("\"ignore_eos\":true", "\"ignore_eos\":false"),
            List.of("\"min_tokens\":0", "\"logit_bias\":{\"2\":100}", "\"stop_token_ids\":[300,310,320,330]"));

    private final TestServer server = TestServer.shared();

    static List<String> requests() {
        List<String> requests = new ArrayList<>(List.of(
                "{\"prompt\":[\"Once\",\"Two\"],\"n\":2,\"max_tokens\":0,\"echo\":true,\"logprobs\":1,\"seed\":1",
                "{\"prompt\":\"Once\",\"n\":3,\"max_tokens\":0,\"prompt_logprobs\":1,\"seed\":1"));
        Random random = new Random(5);
        for (int i = 0; i < COMBINATIONS; i++) {
            List<String> chosen = new ArrayList<>(List.of("\"seed\":" + i));
            for (List<String> field : FIELDS) {
                chosen.add(field.get(random.nextInt(field.size())));
            }
            requests.add("{" + String.join(",", chosen));
        }
        return requests;
    }

    @ParameterizedTest
    @MethodSource("requests")
    void joined(String request) {
        JsonNode whole = server.complete(request + "}").get("choices");
        List<JsonNode> chunks = server.stream(request + ",\"stream\":true}");
        List<ObjectNode> joined = new ArrayList<>();
        for (int i = 0; i < whole.size(); i++) {
            joined.add(TestServer.JSON.createObjectNode());
        }
        Set<Integer> finished = new HashSet<>();
        for (JsonNode chunk : chunks) {
            JsonNode part = chunk.get("choices").get(0);
            int index = part.get("index").asInt();
            assertThat(finished).as("nothing follows a finish").doesNotContain(index);
            if (!part.get("finish_reason").isNull()) {
                finished.add(index);
            }
            join(joined.get(index), part);
        }
        for (int i = 0; i < whole.size(); i++) {
            assertThat(joined.get(i)).isEqualTo(whole.get(i));
        }
    }

    /** Text and arrays grow; everything else is what was said last. */
    private static void join(ObjectNode into, JsonNode part) {
        part.properties().forEach(field -> {
            JsonNode before = into.get(field.getKey());
            JsonNode value = field.getValue();
            if (before instanceof ArrayNode array) {
                value.forEach(array::add);
            } else if (before instanceof ObjectNode object && value.isObject()) {
                join(object, value);
            } else if (before != null && field.getKey().equals("text")) {
                into.put("text", before.asString() + value.asString());
            } else {
                into.set(field.getKey(), value.deepCopy());
            }
        });
    }
}
