package dev.altiplano.server.api.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.server.ChatServer;
import dev.altiplano.server.TestServer;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Chats with log probabilities, of which the whole context would be more than a request may have. */
class ScoredChatTest {

    private static final String CHAT =
            "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"ignore_eos\":true,\"n\":2,"
                    + "\"logprobs\":true,\"top_logprobs\":4";

    @Test
    void endWhereTheirScoresDoUnlessTheyStateAnEnd() {
        try (TestServer server =
                TestServer.ready("--altiplano.model.path=" + ChatServer.model(), "--altiplano.api.max-scores=120")) {
            HttpResponse<String> response = server.post(ChatServer.PATH, CHAT + "}");
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            for (JsonNode choice : TestServer.JSON.readTree(response.body()).get("choices")) {
                assertThat(choice.get("finish_reason").asString()).isEqualTo("length");
                assertThat(choice.at("/logprobs/content")).hasSize(12);
            }
            JsonNode error = TestServer.error(server.post(ChatServer.PATH, CHAT + ",\"max_tokens\":13}"), 400);
            assertThat(error.get("code").asString()).isEqualTo("too_many_logprobs");
        }
    }

    /** The bound is none that a prompt could be too long for. */
    @Test
    void keepLongPrompts() {
        try (TestServer server = TestServer.ready(
                "--altiplano.model.path=" + ChatServer.model(),
                "--altiplano.engine.context-length=128",
                "--altiplano.api.max-scores=1200")) {
            String words = "and so on ".repeat(4);
            HttpResponse<String> response = server.post(ChatServer.PATH, CHAT.replace("Hi", words) + "}");
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            JsonNode usage = TestServer.JSON.readTree(response.body()).get("usage");
            assertThat(usage.get("prompt_tokens").asInt()).isGreaterThan(8);
            assertThat(usage.get("completion_tokens").asInt())
                    .isEqualTo(2 * (128 - usage.get("prompt_tokens").asInt()));
        }
    }
}
