package dev.altiplano.server.api.resume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.server.TestServer;
import dev.altiplano.server.api.error.ApiException;
import dev.altiplano.server.api.resume.IdempotencyKeys.NamedRequest;
import java.net.http.HttpResponse;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A request that is sent twice with one name gets one answer. */
class IdempotencyKeysTest {

    private static final String PATH = "/v1/completions";
    private static final long DAY = 86_400;
    private static final String BODY =
            "{\"prompt\":\"Once\",\"max_tokens\":12,\"n\":2,\"logprobs\":0,\"temperature\":2,\"ignore_eos\":true}";

    private final TestServer server = TestServer.shared();
    private final IdempotencyKeys keys = new IdempotencyKeys(2);

    @AfterEach
    void nothingIsLeft() {
        server.awaitIdle();
    }

    private JsonNode answer(String name, String body) {
        HttpResponse<String> response = server.post(PATH, body, IdempotencyKeys.HEADER, name);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return TestServer.JSON.readTree(response.body());
    }

    private static void same(JsonNode one, JsonNode two) {
        for (String field : new String[] {"id", "created", "choices", "system_fingerprint"}) {
            assertThat(two.get(field)).as(field).isEqualTo(one.get(field));
        }
    }

    @Test
    void theSameNameGetsTheSameAnswer() {
        JsonNode first = answer("one", BODY);
        same(first, answer("one", BODY));
        assertThat(answer("two", BODY).get("choices")).isNotEqualTo(first.get("choices"));
        assertThat(answer("", BODY).get("id")).isNotEqualTo(first.get("id"));
        String other = BODY.replace("Once", "once");
        HttpResponse<String> refused = server.post(PATH, other, IdempotencyKeys.HEADER, "one");
        assertThat(TestServer.error(refused, 422).get("code").asString()).isEqualTo("idempotency_key_reused");
        HttpResponse<String> elsewhere =
                server.post("/v1/embeddings", "{\"input\":\"a\"}", IdempotencyKeys.HEADER, "one");
        assertThat(elsewhere.statusCode()).isEqualTo(422);
        same(first, answer("one", BODY));
    }

    @Test
    void aStreamHasTheSameAnswerToo() {
        String body = BODY.replace("\"n\"", "\"stream\":true,\"n\"");
        SentEvents first = SentEvents.of(
                server.post(PATH, body, IdempotencyKeys.HEADER, "stream").body());
        SentEvents again = SentEvents.of(
                server.post(PATH, body, IdempotencyKeys.HEADER, "stream").body());
        assertThat(again.content()).isEqualTo(first.content());
        // What goes on is no second request.
        HttpResponse<String> rest =
                server.post(PATH, body, IdempotencyKeys.HEADER, "stream", AnswerOrigin.HEADER, first.lastId());
        assertThat(rest.statusCode()).as(rest.body()).isEqualTo(200);
    }

    @Test
    void aNameThatCameWithARefusedRequestIsFree() {
        String wrong = BODY.replace("\"n\":2", "\"n\":0");
        assertThat(server.post(PATH, wrong, IdempotencyKeys.HEADER, "free").statusCode())
                .isEqualTo(400);
        assertThat(answer("free", BODY).get("choices")).hasSize(2);
        HttpResponse<String> tooLong = server.post(PATH, BODY, IdempotencyKeys.HEADER, "x".repeat(256));
        assertThat(TestServer.error(tooLong, 400).get("param").asString()).isEqualTo(IdempotencyKeys.HEADER);
    }

    private static Beginning now(long seconds) {
        return new Beginning(UUID.randomUUID(), seconds);
    }

    private Beginning ask(String apiKey, String name, long body, long seconds) {
        try (NamedRequest request = keys.named(apiKey, name)) {
            Beginning beginning = request.begin(PATH, body, now(seconds));
            request.accept();
            return beginning;
        }
    }

    @Test
    void aNameIsTakenWhileItsRequestRuns() {
        NamedRequest first = keys.named("", "a");
        Beginning beginning = first.begin(PATH, 1, now(5));
        first.accept();
        try (NamedRequest second = keys.named("", "a");
                NamedRequest stranger = keys.named("other key", "a")) {
            assertThatThrownBy(() -> second.begin(PATH, 1, now(6)))
                    .isInstanceOf(ApiException.class)
                    .hasMessageContaining("is being answered");
            assertThatThrownBy(() -> second.begin(PATH, 2, now(6)))
                    .isInstanceOf(ApiException.class)
                    .hasMessageContaining("another request");
            assertThat(stranger.begin(PATH, 1, now(6)).answer()).isNotEqualTo(beginning.answer());
        }
        first.close();
        try (NamedRequest third = keys.named("", "a")) {
            assertThat(third.begin(PATH, 1, now(7))).isEqualTo(beginning);
            // Whoever has ended stays so.
            first.close();
            assertThatThrownBy(() -> ask("", "a", 1, 8)).isInstanceOf(ApiException.class);
        }
    }

    @Test
    void aNameIsNotForgottenWhileItsRequestRuns() {
        try (NamedRequest running = keys.named("", "a");
                NamedRequest another = keys.named("", "b");
                NamedRequest again = keys.named("", "a")) {
            running.begin(PATH, 1, now(0));
            another.begin(PATH, 1, now(1));
            for (int i = 0; i < 4; i++) {
                ask("", "c" + i, 1, 2);
            }
            assertThatThrownBy(() -> again.begin(PATH, 1, now(DAY)))
                    .isInstanceOf(ApiException.class)
                    .hasMessageContaining("is being answered");
            running.accept();
        }
        ask("", "d", 1, 2);
        ask("", "e", 1, 2);
        assertThatCode(() -> ask("", "a", 2, 3)).as("a name that is over").doesNotThrowAnyException();
    }

    @Test
    void namesAreForgottenAndTheirAnswersStayTheSame() {
        Beginning first = ask("", "a", 1, 0);
        assertThat(ask("", "a", 1, DAY - 1)).isEqualTo(first);
        assertThat(ask("", "a", 1, DAY)).isEqualTo(new Beginning(first.answer(), DAY));
        assertThatCode(() -> ask("", "a", 2, 2 * DAY)).doesNotThrowAnyException();
        ask("", "b", 1, 2 * DAY);
        ask("", "c", 1, 2 * DAY);
        assertThatCode(() -> ask("", "a", 3, 2 * DAY)).doesNotThrowAnyException();
        assertThatThrownBy(() -> ask("", "c", 2, 2 * DAY)).isInstanceOf(ApiException.class);
    }
}
