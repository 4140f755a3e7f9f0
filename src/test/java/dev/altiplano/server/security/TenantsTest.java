package dev.altiplano.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.server.KeyedServer;
import dev.altiplano.server.TestServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What one key's requests do to another's: they share places, and tell each other nothing. */
class TenantsTest {

    private static final String LONG_PROMPT = "\"prompt\":\"" + "Some words to remember. ".repeat(12) + "\"";
    private static final int GIANTS_TOKENS = 1900;

    private final TestServer server = KeyedServer.shared();

    @AfterEach
    void nothingIsLeft() {
        server.awaitIdle();
    }

    private JsonNode complete(String key, String json) {
        HttpResponse<String> response = server.post("/v1/completions", json, KeyedServer.bearer(key));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return TestServer.JSON.readTree(response.body());
    }

    /** However many sequences one request has: another key's is answered long before they have all had their turn. */
    @Test
    void oneRequestWithManySequencesLeavesPlacesToAnotherKey() throws Exception {
        String prompts = String.join(",", Collections.nCopies(100, "\"Once\""));
        double before = server.metric("altiplano_generated_tokens_total");
        try (Socket giant = KeyedServer.ask(
                "many",
                "{\"prompt\":[" + prompts + "],\"n\":2,\"max_tokens\":" + GIANTS_TOKENS
                        + ",\"ignore_eos\":true,\"stream\":true}")) {
            // Its first sequences run, and take all places.
            assertThat(giant.getInputStream().readNBytes(4000)).hasSize(4000);
            complete("other", "{\"prompt\":\"Twice\",\"max_tokens\":8,\"ignore_eos\":true}");
            assertThat(server.metric("altiplano_generated_tokens_total") - before)
                    .as("tokens until then, of the %d of the giant", 200 * GIANTS_TOKENS)
                    .isLessThan(16 * GIANTS_TOKENS);
            assertThat(server.stats().requestsRunning()).as("the giant").isEqualTo(1);
        }
    }

    @Test
    void aKeyDoesNotSeeWhatAnotherHasAsked() {
        assertThat(cachedTokens("many")).isZero();
        assertThat(cachedTokens("many")).isPositive();
        assertThat(cachedTokens("other")).isZero();
        assertThat(cachedTokens("other")).isPositive();
    }

    /** What one key embeds, another's completion does not find. */
    @Test
    void embeddingsOfKeysAreApartToo() {
        String words = "\"" + "Other words to remember. ".repeat(12) + "\"";
        HttpResponse<String> response = server.post(
                "/v1/embeddings", "{\"input\":" + words + ",\"pooling\":\"last\"}", KeyedServer.bearer("many"));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(cachedTokens("other", "\"prompt\":" + words)).isZero();
        assertThat(cachedTokens("many", "\"prompt\":" + words)).isPositive();
    }

    private int cachedTokens(String key) {
        return cachedTokens(key, LONG_PROMPT);
    }

    private int cachedTokens(String key, String prompt) {
        return complete(key, "{" + prompt + ",\"max_tokens\":1}")
                .at("/usage/prompt_tokens_details/cached_tokens")
                .asInt();
    }

    /** One that reads nothing before all has been generated gets all, whatever waits for it meanwhile. */
    @Test
    void aReaderThatLagsLosesNothing() throws Exception {
        String fields = "{\"prompt\":[\"Once\",\"Two\",\"Three\",\"Four\"],\"n\":8,\"max_tokens\":200,\"seed\":3,"
                + "\"ignore_eos\":true,\"logprobs\":2";
        List<String> expected = new ArrayList<>();
        for (JsonNode choice : complete("other", fields + "}").get("choices")) {
            expected.add(choice.get("text").asString());
        }
        assertThat(expected).hasSize(32);
        double before = server.metric("altiplano_requests_total{outcome=\"length\"}");
        try (Socket slow = KeyedServer.ask("many", fields + ",\"stream\":true}")) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> server.metric("altiplano_requests_total{outcome=\"length\"}") > before);
            assertThat(texts(slow)).containsExactlyElementsOf(expected);
        }
    }

    /** The texts of a stream's choices, which must come to their end. */
    private static List<String> texts(Socket socket) throws IOException {
        TreeMap<Integer, StringBuilder> texts = new TreeMap<>();
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        for (String line = lines.readLine(); !line.equals("data: [DONE]"); line = lines.readLine()) {
            if (line.startsWith("data: ")) {
                for (JsonNode choice : TestServer.JSON
                        .readTree(line.substring("data: ".length()))
                        .get("choices")) {
                    texts.computeIfAbsent(choice.get("index").asInt(), index -> new StringBuilder())
                            .append(choice.get("text").asString());
                }
            }
        }
        return texts.values().stream().map(StringBuilder::toString).toList();
    }
}
