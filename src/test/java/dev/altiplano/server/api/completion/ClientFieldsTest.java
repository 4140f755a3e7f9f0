package dev.altiplano.server.api.completion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.server.TestServer;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Requests as clients send them: load generators, editors, evaluation harnesses, front ends. */
class ClientFieldsTest {

    private final TestServer server = TestServer.shared();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"suffix\":null",
                "\"suffix\":\"\"",
                "\"use_beam_search\":false",
                "\"best_of\":0",
                "\"best_of\":null,\"n\":null,\"stop\":null,\"logit_bias\":null,\"stream_options\":null,\"echo\":null",
                "\"stop\":[]",
                "\"stop\":\"\"",
                "\"logit_bias\":{}",
                "\"stop_token_ids\":[]",
                "\"bad_words\":[]",
                "\"allowed_token_ids\":null",
                "\"include_stop_str_in_output\":false",
                "\"kv_transfer_params\":{}",
                "\"user\":\"\"",
                "\"model\":\"\"",
                "\"stream_options\":{\"include_usage\":false}",
                "\"skip_special_tokens\":true",
                "\"top_k\":-1,\"min_p\":0,\"repetition_penalty\":1.0",
                "\"length_penalty\":1.0,\"spaces_between_special_tokens\":true",
                "\"guided_decoding_backend\":\"xgrammar\",\"guided_whitespace_pattern\":null,\"extra\":null",
                "\"response_format\":{\"type\":\"text\",\"other\":null}",
                "\"guided_regex\":\"\",\"guided_grammar\":\"\",\"guided_json\":\"\",\"early_stopping\":false,\"guided_whitespace_pattern\":\"\"",
                "\"cache_prompt\":true,\"n_predict\":-1,\"id_slot\":-1,\"typical_p\":1,\"repeat_penalty\":1.0,\"repeat_last_n\":64,\"samplers\":[]",
                "\"mirostat\":0,\"mirostat_tau\":5,\"dry_multiplier\":0.0,\"dry_sequence_breakers\":[\"\\n\",\":\"],\"xtc_probability\":0,\"json_schema\":{}",
                "\"do_sample\":true,\"num_beams\":1,\"negative_prompt\":\"\",\"ban_eos_token\":false,\"custom_token_bans\":\"\",\"tfs\":1",
            })
    void acceptsWhatAsksForNothing(String fields) {
        server.complete("{\"prompt\":\"a\",\"max_tokens\":1," + fields + "}");
    }

    @Test
    void refusesByNameWhatAsksForMoreThanThereIs() {
        for (String field :
                List.of("use_beam_search", "bad_words", "allowed_token_ids", "include_stop_str_in_output")) {
            JsonNode error = TestServer.error(
                    server.post("/v1/completions", "{\"prompt\":\"a\",\"" + field + "\":[\"x\"]}"), 400);
            assertThat(error.get("param").asString()).isEqualTo(field);
            assertThat(error.get("code").asString()).isEqualTo("unsupported_parameter");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "mirostat | 2 | unsupported_parameter",
                "typical_p | 0.5 | unsupported_parameter",
                "samplers | [\"top_k\"] | unsupported_parameter",
                "json_schema | {\"type\":\"object\"} | unsupported_parameter",
                "n_predict | 5 | unsupported_parameter",
                "frobnicate | false | unknown_parameter"
            })
    void namesOptionsOfOtherServers(String field, String value, String code) {
        JsonNode error = TestServer.error(
                server.post("/v1/completions", "{\"prompt\":\"a\",\"" + field + "\":" + value + "}"), 400);
        assertThat(error.get("param").asString()).isEqualTo(field);
        assertThat(error.get("code").asString()).isEqualTo(code);
    }

    /** Both generations of a load generator's own requests. */
    @Test
    void servesALoadGenerator() {
        String common =
                "{\"prompt\":\"Test connection\",\"stream\":true,\"max_tokens\":1,\"stop\":null,\"ignore_eos\":true,";
        assertThat(server.stream(common + "\"stream_options\":{\"include_usage\":true},\"max_completion_tokens\":1}"))
                .isNotEmpty();
        List<JsonNode> chunks =
                server.stream(common + "\"stream_options\":{\"include_usage\":true,\"continuous_usage_stats\":true}}");
        assertThat(chunks).allMatch(chunk -> chunk.get("usage").has("prompt_tokens"));
    }

    @Test
    void countsTokensInEveryChunk() {
        List<JsonNode> chunks =
                server.stream("{\"prompt\":\"Once\",\"stream\":true,\"max_tokens\":12,\"ignore_eos\":true,"
                        + "\"stream_options\":{\"include_usage\":true,\"continuous_usage_stats\":true}}");
        int before = 0;
        for (JsonNode chunk : chunks) {
            int now = chunk.get("usage").get("completion_tokens").asInt();
            assertThat(now).isGreaterThanOrEqualTo(before);
            before = now;
        }
        assertThat(before).isEqualTo(12);
    }

    /** An editor's completion sends seven stop strings. */
    @Test
    void takesAsManyStopStringsAsEditorsSend() {
        JsonNode choice = choice("{\"prompt\":\"Once\",\"max_tokens\":40,\"ignore_eos\":true,\"stop\":"
                + "[\"<PRE>\",\"<SUF>\",\"<MID>\",\"/src/\",\"\\n\\n\",\"```\",\"e\"]}");
        assertThat(choice.get("text").asString()).doesNotContain("e");
    }

    @Test
    void generatesAtLeastMinTokensAndEndsAtGivenIds() {
        String bias = "\"logit_bias\":{\"2\":100},\"max_tokens\":9,\"seed\":3";
        assertThat(choice("{\"prompt\":\"Once\"," + bias + "}")
                        .get("finish_reason")
                        .asString())
                .isEqualTo("stop");
        JsonNode response = server.complete("{\"prompt\":\"Once\"," + bias + ",\"min_tokens\":4}");
        assertThat(response.get("usage").get("completion_tokens").asInt()).isEqualTo(5);
        response = server.complete(
                "{\"prompt\":\"Once\",\"logit_bias\":{\"300\":100},\"stop_token_ids\":[300],\"max_tokens\":9}");
        assertThat(response.get("usage").get("completion_tokens").asInt()).isEqualTo(1);
        assertThat(response.get("choices").get(0).get("text").asString()).isEmpty();
        TestServer.error(server.post("/v1/completions", "{\"prompt\":\"a\",\"min_tokens\":9,\"max_tokens\":8}"), 400);
        TestServer.error(server.post("/v1/completions", "{\"prompt\":\"a\",\"stop_token_ids\":[512]}"), 400);
    }

    @Test
    void takesTheRestOfTheContext() {
        JsonNode usage = server.complete(
                        "{\"prompt\":[" + "5,".repeat(2019) + "5],\"max_tokens\":-1,\"ignore_eos\":true}")
                .get("usage");
        assertThat(usage.get("total_tokens").asInt()).isEqualTo(2048);
        assertThat(server.complete(
                                "{\"prompt\":\"a\",\"max_tokens\":9,\"max_completion_tokens\":3,\"ignore_eos\":true}")
                        .get("usage")
                        .get("completion_tokens")
                        .asInt())
                .isEqualTo(3);
    }

    @Test
    void readsThePromptAsItIsAsked() {
        String ids = ",\"max_tokens\":0,\"return_token_ids\":true}";
        List<Integer> all = ids(choice("{\"prompt\":\"Once upon a time\"" + ids), "prompt_token_ids");
        List<Integer> bare =
                ids(choice("{\"prompt\":\"Once upon a time\",\"add_special_tokens\":false" + ids), "prompt_token_ids");
        assertThat(bare).isEqualTo(all.subList(1, all.size()));
        List<Integer> last =
                ids(choice("{\"prompt\":\"Once upon a time\",\"truncate_prompt_tokens\":2" + ids), "prompt_token_ids");
        assertThat(last).isEqualTo(all.subList(all.size() - 2, all.size()));
        String tooLong = "{\"prompt\":\"" + "Once ".repeat(3000) + "\",\"truncate_prompt_tokens\":-1" + ids;
        assertThat(ids(choice(tooLong), "prompt_token_ids")).hasSize(2047);
        String withRoom = tooLong.replace("\"max_tokens\":0", "\"max_tokens\":16,\"ignore_eos\":true");
        assertThat(ids(choice(withRoom), "prompt_token_ids")).hasSize(2032);
    }

    @Test
    void listsTheTokensOfTheCompletion() {
        JsonNode choice = choice(
                "{\"prompt\":\"Once\",\"max_tokens\":5,\"ignore_eos\":true,\"seed\":4,\"return_token_ids\":true}");
        assertThat(choice.get("logprobs").isNull()).isTrue();
        List<Integer> ids = ids(choice, "token_ids");
        assertThat(ids).hasSize(5);
        JsonNode text = TestServer.JSON.readTree(
                server.post("/detokenize", "{\"tokens\":" + ids + "}").body());
        assertThat(choice.get("text").asString().strip())
                .isEqualTo(text.get("prompt").asString().strip());
    }

    @Test
    void scoresThePromptById() {
        JsonNode choice = choice("{\"prompt\":[1,300,301],\"max_tokens\":1,\"prompt_logprobs\":2}");
        JsonNode scores = choice.get("prompt_logprobs");
        assertThat(scores).hasSize(3);
        assertThat(scores.get(0).isNull()).isTrue();
        assertThat(scores.get(1).get("300").get("logprob").asDouble()).isNegative();
        assertThat(scores.get(1).size()).isBetween(2, 3);
        JsonNode echoed =
                choice("{\"prompt\":[1,300,301],\"max_tokens\":1,\"prompt_logprobs\":3,\"echo\":true,\"logprobs\":1}");
        assertThat(echoed.get("logprobs").get("token_logprobs").get(1).asDouble())
                .isEqualTo(scores.get(1).get("300").get("logprob").asDouble());
        assertThat(echoed.get("logprobs").get("top_logprobs").get(1).size()).isBetween(1, 2);
        assertThat(echoed.get("prompt_logprobs").get(1).size()).isBetween(3, 4);
    }

    @Test
    void keepsPromptsOfAnotherSaltApart() {
        String prompt =
                "{\"prompt\":\"" + "Some words to remember. ".repeat(12) + "\",\"max_tokens\":1,\"cache_salt\":";
        server.complete(prompt + "\"a\"}");
        assertThat(cached(prompt + "\"a\"}")).isPositive();
        assertThat(cached(prompt + "\"b\"}")).isZero();
    }

    @Test
    void takesPriorityAndRequestId() {
        server.complete("{\"prompt\":\"a\",\"max_tokens\":1,\"priority\":5,\"request_id\":\"mine-1\"}");
        TestServer.error(server.post("/v1/completions", "{\"prompt\":\"a\",\"priority\":1001}"), 400);
        HttpResponse<String> named =
                server.post("/v1/completions", "{\"prompt\":\"a\",\"max_tokens\":1,\"request_id\":\"mine-2\"}");
        assertThat(named.headers().firstValue("x-request-id")).hasValue("mine-2");
        HttpResponse<String> both = server.post(
                "/v1/completions",
                "{\"prompt\":\"a\",\"max_tokens\":1,\"request_id\":\"mine-3\"}",
                "x-request-id",
                "theirs");
        assertThat(both.headers().firstValue("x-request-id")).hasValue("theirs");
    }

    /** What follows the last text is not an empty chunk. */
    @Test
    void finishesWithTheLastText() {
        for (int i = 0; i < 5; i++) {
            List<JsonNode> chunks = server.stream(
                    "{\"prompt\":\"Once\",\"max_tokens\":8,\"seed\":" + i + ",\"ignore_eos\":true,\"stream\":true}");
            JsonNode last = chunks.getLast().get("choices").get(0);
            assertThat(last.get("finish_reason").asString()).isEqualTo("length");
            assertThat(last.get("text").asString()).isNotEmpty();
        }
    }

    /** The steps of a well-known harness whose tokenizer is this service. */
    @Test
    void servesAHarnessWithoutATokenizer() {
        JsonNode info = TestServer.JSON.readTree(server.get("/tokenizer_info").body());
        for (String name : List.of("bos", "eos")) {
            JsonNode ids = TestServer.JSON.readTree(server.post(
                            "/tokenize",
                            TestServer.JSON
                                    .createObjectNode()
                                    .put("prompt", info.get(name + "_token").asString())
                                    .put("add_special_tokens", false)
                                    .toString())
                    .body());
            assertThat(ids.get("tokens")).hasSize(1);
            assertThat(ids.get("tokens").get(0)).isEqualTo(info.get(name + "_token_id"));
        }
        JsonNode plain = TestServer.JSON.readTree(
                server.post("/tokenize", "{\"prompt\":\"<s>\",\"add_special_tokens\":false,\"parse_special\":false}")
                        .body());
        assertThat(plain.get("tokens").size()).isGreaterThan(1);
    }

    private JsonNode choice(String request) {
        return server.complete(request).get("choices").get(0);
    }

    private int cached(String request) {
        return server.complete(request)
                .get("usage")
                .get("prompt_tokens_details")
                .get("cached_tokens")
                .asInt();
    }

    private static List<Integer> ids(JsonNode choice, String field) {
        List<Integer> ids = new ArrayList<>();
        choice.get(field).forEach(id -> ids.add(id.asInt()));
        return ids;
    }
}
