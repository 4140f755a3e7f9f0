package dev.altiplano.server.api.resume;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.server.ChatServer;
import dev.altiplano.server.TestServer;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A stream that was cut off goes on where it was cut, behind each of its events, with what an uncut one would have said. */
class ContinueTest {

    private static final String COMPLETIONS = "/v1/completions";
    private static final String SIMPLE =
            "{\"prompt\":\"Once upon a time\",\"max_tokens\":10,\"ignore_eos\":true,\"stream\":true}";

    private final TestServer server = TestServer.shared();

    static Stream<String> completions() {
        String tail = ",\"ignore_eos\":true,\"stream\":true}";
        return Stream.of(
                SIMPLE,
                "{\"prompt\":\"Once\",\"max_tokens\":8,\"n\":3,\"logprobs\":2" + tail,
                "{\"prompt\":[\"Once\",\"Once\",\"There\"],\"max_tokens\":6,\"n\":2" + tail,
                "{\"prompt\":\"Once upon a time\",\"max_tokens\":9,\"echo\":true,\"logprobs\":1,\"seed\":5" + tail,
                "{\"prompt\":\"Once upon\",\"max_tokens\":8,\"prompt_logprobs\":1,\"return_token_ids\":true" + tail,
                "{\"prompt\":\"Once\",\"max_tokens\":12,\"presence_penalty\":1.5,\"frequency_penalty\":0.5,"
                        + "\"repetition_penalty\":1.3,\"logit_bias\":{\"40\":5},\"temperature\":1.4,\"top_p\":0.9"
                        + tail,
                "{\"prompt\":\"Once\",\"max_tokens\":60,\"n\":2,\"stop\":[\"e\",\"the\"],\"logprobs\":0" + tail,
                "{\"prompt\":\"Once\",\"max_tokens\":10,\"stream_options\":{\"include_usage\":true}" + tail,
                "{\"prompt\":\"Once\",\"max_tokens\":7,\"n\":2,"
                        + "\"stream_options\":{\"include_usage\":true,\"continuous_usage_stats\":true}" + tail,
                "{\"prompt\":\"Is it?\",\"max_tokens\":20,\"guided_regex\":\"(yes|no), [a-z]{3,9}\",\"stream\":true}",
                "{\"prompt\":\"Give\",\"max_tokens\":24,\"stream\":true,\"response_format\":{\"type\":\"json_object\"}}",
                "{\"prompt\":\"Once\",\"max_tokens\":0,\"echo\":true,\"logprobs\":0,\"stream\":true}");
    }

    static Stream<String> chats() {
        String messages = "{\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}],\"stream\":true,";
        String tool =
                "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"weather\",\"parameters\":{\"type\":\"object\","
                        + "\"properties\":{\"rain\":{\"type\":\"boolean\"}},\"required\":[\"rain\"],\"additionalProperties\":false}}}]";
        return Stream.of(
                messages + "\"max_tokens\":10}",
                messages + "\"max_tokens\":8,\"n\":2,\"logprobs\":true,\"top_logprobs\":2,"
                        + "\"stream_options\":{\"include_usage\":true}}",
                messages + "\"max_tokens\":200,\"tool_choice\":\"required\",\"logprobs\":true," + tool + "}",
                messages + "\"max_tokens\":12,\"n\":2,\"logprobs\":true,"
                        + "\"stream_options\":{\"include_usage\":true,\"continuous_usage_stats\":true}," + tool + "}",
                messages + "\"max_tokens\":30,\"response_format\":{\"type\":\"json_object\"}}");
    }

    @AfterEach
    void nothingIsLeft() {
        server.awaitIdle();
    }

    private static SentEvents events(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return SentEvents.of(response.body());
    }

    private static void goesOnBehindEveryEvent(TestServer server, String path, String body) {
        SentEvents whole = events(server.post(path, body));
        assertThat(whole.done()).isTrue();
        for (int i = 0; i < whole.events().size(); i++) {
            SentEvents rest = events(server.post(
                    path, body, AnswerOrigin.HEADER, whole.events().get(i).id()));
            SentEvents joined = whole.upTo(i + 1, rest);
            assertThat(joined.done()).isTrue();
            assertThat(joined.content()).as("cut behind event %d", i).isEqualTo(whole.content());
            if (!rest.events().isEmpty()) {
                assertThat(rest.lastId()).isEqualTo(whole.lastId());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("completions")
    void aCompletionGoesOnBehindEveryEvent(String body) {
        goesOnBehindEveryEvent(server, COMPLETIONS, body);
    }

    @ParameterizedTest
    @MethodSource("chats")
    void aChatGoesOnBehindEveryEvent(String body) {
        goesOnBehindEveryEvent(ChatServer.shared(), ChatServer.PATH, body);
        ChatServer.shared().awaitIdle();
    }

    /** What goes on is cut off again, and goes on. */
    @Test
    void goesOnEventByEvent() {
        String body = SIMPLE.replace("\"stream\"", "\"n\":2,\"logprobs\":1,\"stream\"");
        SentEvents whole = events(server.post(COMPLETIONS, body));
        SentEvents known = whole.upTo(1, new SentEvents(List.of(), false));
        while (!known.done()) {
            SentEvents rest = events(server.post(COMPLETIONS, body, AnswerOrigin.HEADER, known.lastId()));
            int more = Math.min(1, rest.events().size());
            known = known.upTo(
                    known.events().size(), new SentEvents(rest.events().subList(0, more), more == 0));
        }
        assertThat(known.content()).isEqualTo(whole.content());
    }

    /** Another process with the same model, which has not seen the request. */
    @Test
    void goesOnElsewhere() {
        String body = SIMPLE.replace("\"stream\"", "\"n\":2,\"logprobs\":1,\"temperature\":1.2,\"stream\"");
        SentEvents whole = events(server.post(COMPLETIONS, body));
        int half = whole.events().size() / 2;
        try (TestServer replica =
                TestServer.ready("--altiplano.engine.max-sequences=2", "--altiplano.engine.threads=1")) {
            SentEvents rest = events(replica.post(
                    COMPLETIONS,
                    body,
                    AnswerOrigin.HEADER,
                    whole.events().get(half).id()));
            assertThat(whole.upTo(half + 1, rest).content()).isEqualTo(whole.content());
        }
        try (TestServer other = TestServer.ready("--altiplano.engine.kv-format=q8_0")) {
            HttpResponse<String> refused = other.post(COMPLETIONS, body, AnswerOrigin.HEADER, whole.lastId());
            assertThat(TestServer.error(refused, 409).get("code").asString()).isEqualTo("other_fingerprint");
        }
    }

    @Test
    void drawsOtherAnswersForOtherRequestsWithoutASeed() {
        String body = SIMPLE.replace("\"stream\"", "\"temperature\":2,\"stream\"");
        SentEvents one = events(server.post(COMPLETIONS, body));
        SentEvents two = events(server.post(COMPLETIONS, body));
        assertThat(one.content().get("0/text")).isNotEqualTo(two.content().get("0/text"));
        assertThat(one.content().get("id")).isNotEqualTo(two.content().get("id"));
    }

    private void refused(String body, String id, int status, String code) {
        HttpResponse<String> response = server.post(COMPLETIONS, body, AnswerOrigin.HEADER, id);
        assertThat(TestServer.error(response, status).get("code").asString()).isEqualTo(code);
    }

    @Test
    void refusesWhatIsNoId() {
        String id = events(server.post(COMPLETIONS, SIMPLE)).lastId();
        for (String wrong : List.of("7", "AAAA", "%", id.substring(1), id + "A", "A".repeat(5000))) {
            refused(SIMPLE, wrong, 400, "invalid_event_id");
        }
        for (int i = 0; i < id.length(); i++) {
            char other = id.charAt(i) == 'A' ? 'B' : 'A';
            refused(SIMPLE, id.substring(0, i) + other + id.substring(i + 1), 400, "invalid_event_id");
        }
    }

    @Test
    void refusesTheIdOfAnotherRequest() {
        String id = events(server.post(COMPLETIONS, SIMPLE)).lastId();
        refused(SIMPLE.replace("Once", "once"), id, 400, "event_of_another_request");
        refused(SIMPLE + " ", id, 400, "event_of_another_request");
        HttpResponse<String> elsewhere = server.post("/v1/embeddings", "{\"input\":\"a\"}", AnswerOrigin.HEADER, id);
        assertThat(TestServer.error(elsewhere, 400).get("code").asString()).isEqualTo("event_of_another_request");
    }

    @Test
    void refusesMadeUpPositions() {
        SentEvents whole = events(server.post(COMPLETIONS, SIMPLE));
        EventId middle = EventId.parse(whole.events().get(3).id());
        ChoicePosition sent = middle.choices().getFirst();
        refused(SIMPLE, with(middle, position(sent, 100_000, sent.textDigest())), 400, "invalid_event_id");
        refused(SIMPLE, with(middle, position(sent, sent.characters(), 1)), 409, "answer_differs");
        refused(SIMPLE, with(middle, position(sent, sent.characters() + 1, sent.textDigest())), 409, "answer_differs");
        refused(SIMPLE, with(middle, sent, sent), 400, "invalid_event_id");
        EventId other = new EventId(
                middle.fingerprint() + 1, middle.request(), middle.answer(), middle.created(), false, middle.choices());
        refused(SIMPLE, other.text(), 409, "other_fingerprint");
    }

    private static ChoicePosition position(ChoicePosition from, int characters, int digest) {
        return new ChoicePosition(true, false, characters, from.pieces(), from.scores(), digest, from.scoreDigest());
    }

    private static String with(EventId from, ChoicePosition... choices) {
        return new EventId(from.fingerprint(), from.request(), from.answer(), from.created(), false, List.of(choices))
                .text();
    }
}
