package dev.altiplano.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.altiplano.server.KeyedServer;
import dev.altiplano.server.OpenApi;
import dev.altiplano.server.TestServer;
import dev.altiplano.server.security.ApiKeys;
import dev.altiplano.server.security.Caller;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** {@code POST /v1/embeddings}. */
class EmbeddingTest {

    private final TestServer server = TestServer.shared();

    @AfterEach
    void leavesNothingBehind() {
        server.awaitIdle();
    }

    /** They are counted until they have been read: a client can hold its part of the memory, and no more. */
    @Test
    void vectorsThatAreNotReadLeaveMemoryToOthers() throws IOException {
        TestServer keyed = KeyedServer.shared();
        ResponseMemory memory = keyed.context().getBean(ResponseMemory.class);
        Caller many = Objects.requireNonNull(
                keyed.context().getBean(ApiKeys.class).caller("Bearer " + KeyedServer.key("many")));
        String one = "{\"input\":[1]}";
        String body = "{\"input\":[[1]" + ",[1]".repeat(2047) + "]}";
        String request = "POST /v1/embeddings HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: " + body.length() + "\r\n\r\n" + body;
        try (Socket unread = keyed.raw(KeyedServer.authorized(request, "many"));
                ResponseMemory.Charge rest = memory.of(many)) {
            assertThat(new String(unread.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 200");
            keyed.awaitIdle();
            assertThat(memory.held()).as("2048 vectors of 64 floats").isEqualTo(2048 * 64 * Float.BYTES);
            rest.take(memory.maxBytesOfOne() - memory.held());
            HttpResponse<String> refused = keyed.post("/v1/embeddings", one, KeyedServer.bearer("many"));
            assertThat(TestServer.error(refused, 503).get("code").asString()).isEqualTo("overloaded");
            assertThat(refused.headers().firstValue("retry-after")).hasValue("1");
            assertThat(keyed.post("/v1/embeddings", one, KeyedServer.bearer("other"))
                            .statusCode())
                    .isEqualTo(200);
        }
        Awaitility.await().until(() -> memory.held() == 0);
        assertThat(keyed.post("/v1/embeddings", one, KeyedServer.bearer("many")).statusCode())
                .isEqualTo(200);
    }

    private JsonNode embed(String body) {
        HttpResponse<String> response = server.post("/v1/embeddings", body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
        OpenApi.check("EmbeddingRequest", body);
        OpenApi.check("EmbeddingList", response.body());
        return TestServer.JSON.readTree(response.body());
    }

    private static float[] vector(JsonNode list, int index) {
        JsonNode entry = list.get("data").get(index);
        assertThat(entry.get("index").asInt()).isEqualTo(index);
        float[] vector = new float[entry.get("embedding").size()];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = entry.get("embedding").get(i).floatValue();
        }
        return vector;
    }

    private static double length(float[] vector) {
        double squares = 0;
        for (float value : vector) {
            squares += (double) value * value;
        }
        return Math.sqrt(squares);
    }

    @Test
    void givesAVectorOfLengthOneForEachInputAndCountsTheTokens() {
        JsonNode list =
                embed("{\"input\":[\"Once upon a time\",\"There\"],\"model\":\"altiplano-demo\",\"user\":\"me\"}");
        JsonNode tokens = TestServer.JSON.readTree(
                server.post("/tokenize", "{\"prompt\":\"There\"}").body());
        JsonNode alone = embed("{\"input\":\"There\",\"pooling\":\"mean\"}");
        assertThat(list.get("model").asString()).isEqualTo("altiplano-demo");
        assertThat(list.get("data")).hasSize(2);
        assertThat(length(vector(list, 0))).isCloseTo(1, within(1e-5));
        assertThat(vector(alone, 0)).isEqualTo(vector(list, 1)).isNotEqualTo(vector(list, 0));
        assertThat(alone.get("usage").get("prompt_tokens")).isEqualTo(tokens.get("count"));
        assertThat(vector(embed("{\"input\":" + tokens.get("tokens") + "}"), 0)).isEqualTo(vector(alone, 0));
        JsonNode ids = embed("{\"input\":[[1,300]," + tokens.get("tokens") + "]}");
        assertThat(vector(ids, 1)).isEqualTo(vector(alone, 0));
    }

    @Test
    void givesTheSameNumbersAsBase64() {
        float[] expected = vector(embed("{\"input\":\"There\",\"encoding_format\":\"float\"}"), 0);
        JsonNode coded = embed("{\"input\":\"There\",\"encoding_format\":\"base64\"}");
        byte[] bytes = Base64.getDecoder()
                .decode(coded.get("data").get(0).get("embedding").asString());
        float[] vector = new float[bytes.length / 4];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(vector);
        assertThat(vector).isEqualTo(expected);
    }

    @Test
    void shortensToTheDimensionsThatAreAskedFor() {
        float[] whole = vector(embed("{\"input\":\"There\"}"), 0);
        float[] few = vector(embed("{\"input\":\"There\",\"dimensions\":8}"), 0);
        double part = length(Arrays.copyOf(whole, 8));
        assertThat(few).hasSize(8);
        assertThat(length(few)).isCloseTo(1, within(1e-5));
        for (int i = 0; i < few.length; i++) {
            assertThat((double) few[i]).isCloseTo(whole[i] / part, within(1e-6));
        }
        assertThat(vector(embed("{\"input\":\"There\",\"dimensions\":" + whole.length + "}"), 0))
                .isEqualTo(whole);
        String more = "{\"input\":\"There\",\"dimensions\":" + (whole.length + 1) + "}";
        JsonNode error = TestServer.error(server.post("/v1/embeddings", more), 400);
        assertThat(error.get("param").asString()).isEqualTo("dimensions");
    }

    @Test
    void poolsTheLastTokenAndKeepsTheLastTokensWhereToldSo() {
        float[] last = vector(embed("{\"input\":[1,300,301],\"pooling\":\"last\"}"), 0);
        assertThat(last).isNotEqualTo(vector(embed("{\"input\":[1,300,301]}"), 0));
        JsonNode kept = embed("{\"input\":[1,300,301],\"truncate_prompt_tokens\":2}");
        assertThat(kept.get("usage").get("total_tokens").asInt()).isEqualTo(2);
        assertThat(vector(kept, 0)).isEqualTo(vector(embed("{\"input\":[300,301]}"), 0));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | input",
                "{\"input\":null} | input",
                "{\"input\":\"\"} | input",
                "{\"input\":[\"a\",\"\"]} | input",
                "{\"input\":[]} | input",
                "{\"input\":[[]]} | input",
                "{\"input\":[\"a\",1]} | input",
                "{\"input\":[1,512]} | input",
                "{\"input\":[-1]} | input",
                "{\"input\":5} | input",
                "{\"input\":\"a\",\"encoding_format\":\"int8\"} | encoding_format",
                "{\"input\":\"a\",\"encoding_format\":1} | encoding_format",
                "{\"input\":\"a\",\"dimensions\":0} | dimensions",
                "{\"input\":\"a\",\"dimensions\":1.5} | dimensions",
                "{\"input\":\"a\",\"pooling\":\"max\"} | pooling",
                "{\"input\":\"a\",\"truncate_prompt_tokens\":-2} | truncate_prompt_tokens",
                "{\"input\":\"a\",\"user\":5} | user",
                "{\"input\":\"a\",\"prompt\":\"a\"} | prompt",
            })
    void refusesAndNamesTheField(String body, String param) {
        JsonNode error = TestServer.error(server.post("/v1/embeddings", body), 400);
        assertThat(error.get("param").asString()).isEqualTo(param);
    }

    /** Libraries send hundreds of texts at a time. */
    @Test
    void takesManyInputs() {
        JsonNode list = embed("{\"input\":[\"There\"" + ",\"a\",\"There\"".repeat(250) + "],\"dimensions\":4}");
        assertThat(list.get("data")).hasSize(501);
        assertThat(vector(list, 500)).isEqualTo(vector(list, 0)).isNotEqualTo(vector(list, 499));
    }

    @Test
    void refusesWhatIsTooLongOrTooManyOrForAnotherModel() {
        JsonNode error = TestServer.error(
                server.post("/v1/embeddings", "{\"input\":[\"a\",\"" + "a b ".repeat(4000) + "\"]}"), 400);
        assertThat(error.get("code").asString()).isEqualTo("context_length_exceeded");
        assertThat(error.get("message").asString()).contains("input[1]");
        JsonNode many = TestServer.error(
                server.post("/v1/embeddings", "{\"input\":[\"a\"" + ",\"a\"".repeat(2048) + "]}"), 400);
        assertThat(many.get("message").asString()).contains("at most 2048");
        TestServer.error(server.post("/v1/embeddings", "{\"input\":\"a\",\"model\":\"other\"}"), 404);
        TestServer.error(server.get("/v1/embeddings"), 405);
    }
}
