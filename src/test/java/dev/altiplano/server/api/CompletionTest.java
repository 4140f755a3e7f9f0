package dev.altiplano.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.altiplano.server.TestServer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What {@code POST /v1/completions} answers when it is asked rightly. */
class CompletionTest {

    private final TestServer server = TestServer.shared();

    @Test
    void answersWithOpenAisObject() {
        JsonNode answer = server.complete(
                "{\"model\":\"altiplano-demo\",\"prompt\":\"Once\",\"temperature\":0,\"ignore_eos\":true}");
        assertThat(answer.get("object").asString()).isEqualTo("text_completion");
        assertThat(answer.get("model").asString()).isEqualTo("altiplano-demo");
        assertThat(answer.has("error")).isFalse();
        JsonNode choice = answer.get("choices").get(0);
        assertThat(choice.get("finish_reason").asString()).isEqualTo("length");
        assertThat(choice.get("logprobs").isNull()).isTrue();
        JsonNode usage = answer.get("usage");
        assertThat(usage.get("completion_tokens").asInt()).isEqualTo(16);
        int prompt = tokens("Once", true).size();
        assertThat(usage.get("prompt_tokens").asInt()).isEqualTo(prompt);
        assertThat(usage.get("total_tokens").asInt()).isEqualTo(prompt + 16);
    }

    @Test
    void takesAllFourShapesOfPrompt() {
        String ids = server.post("/tokenize", "{\"prompt\":\"Once\"}").body();
        String tokens = TestServer.JSON.readTree(ids).get("tokens").toString();
        List<String> texts = new ArrayList<>();
        for (String prompt : List.of("\"Once\"", "[\"Once\"]", tokens, "[" + tokens + "]")) {
            JsonNode answer = server.complete("{\"prompt\":" + prompt + ",\"temperature\":0,\"max_tokens\":8}");
            texts.add(answer.get("choices").get(0).get("text").asString());
        }
        assertThat(new HashSet<>(texts)).hasSize(1);
    }

    @Test
    void ordersChoicesByPrompt() {
        JsonNode answer = server.complete(
                "{\"prompt\":[\"Aa\",\"Bb\",\"Cc\"],\"n\":2,\"max_tokens\":2,\"echo\":true,\"seed\":1}");
        assertThat(answer.get("choices")).hasSize(6);
        for (int i = 0; i < 6; i++) {
            JsonNode choice = answer.get("choices").get(i);
            assertThat(choice.get("index").asInt()).isEqualTo(i);
            assertThat(choice.get("text").asString())
                    .startsWith(List.of("Aa", "Bb", "Cc").get(i / 2));
        }
    }

    @Test
    void countsEachPromptOnceAndAllThatWasGenerated() {
        JsonNode usage = server.complete(
                        "{\"prompt\":[\"Aa\",\"Bb\"],\"n\":2,\"best_of\":3,\"max_tokens\":4,\"ignore_eos\":true}")
                .get("usage");
        assertThat(usage.get("prompt_tokens").asInt())
                .isEqualTo(tokens("Aa", true).size() + tokens("Bb", true).size());
        assertThat(usage.get("completion_tokens").asInt()).isEqualTo(2 * 3 * 4);
    }

    @Test
    void repeatsItselfWithASeedAndOnlyThen() {
        String seeded = "{\"prompt\":\"Once\",\"max_tokens\":24,\"ignore_eos\":true,\"seed\":-9223372036854775808}";
        assertThat(text(seeded)).isEqualTo(text(seeded));
        String drawn = "{\"prompt\":\"Once\",\"max_tokens\":24,\"ignore_eos\":true,\"seed\":-1}";
        assertThat(text(drawn)).isNotEqualTo(text(drawn));
        String free = "{\"prompt\":\"Once\",\"max_tokens\":24,\"ignore_eos\":true}";
        Set<String> texts = new HashSet<>();
        for (int i = 0; i < 4; i++) {
            texts.add(text(free));
        }
        assertThat(texts).hasSizeGreaterThan(1);
    }

    @Test
    void streamsTheSameThatItAnswersInOnePiece() {
        String request =
                "{\"prompt\":[\"Once\",\"There\"],\"n\":2,\"max_tokens\":20,\"seed\":7,\"echo\":true,\"logprobs\":2";
        JsonNode whole = server.complete(request + "}");
        Map<Integer, StringBuilder> texts = new TreeMap<>();
        Map<Integer, List<String>> tokens = new TreeMap<>();
        Map<Integer, String> reasons = new TreeMap<>();
        for (JsonNode chunk : server.stream(request + ",\"stream\":true}")) {
            assertThat(chunk.has("usage")).isFalse();
            JsonNode choice = chunk.get("choices").get(0);
            int index = choice.get("index").asInt();
            assertThat(reasons).doesNotContainKey(index);
            texts.computeIfAbsent(index, i -> new StringBuilder())
                    .append(choice.get("text").asString());
            choice.get("logprobs")
                    .get("tokens")
                    .forEach(t -> tokens.computeIfAbsent(index, i -> new ArrayList<>())
                            .add(t.asString()));
            if (!choice.get("finish_reason").isNull()) {
                reasons.put(index, choice.get("finish_reason").asString());
            }
        }
        assertThat(texts).hasSize(4);
        for (int i = 0; i < 4; i++) {
            JsonNode choice = whole.get("choices").get(i);
            assertThat(texts.get(i)).hasToString(choice.get("text").asString());
            assertThat(tokens.get(i)).isEqualTo(strings(choice.get("logprobs").get("tokens")));
            assertThat(reasons).containsEntry(i, choice.get("finish_reason").asString());
        }
    }

    @Test
    void putsTheUsageIntoOneMoreChunk() {
        List<JsonNode> chunks = server.stream(
                "{\"prompt\":\"Once\",\"max_tokens\":5,\"ignore_eos\":true,\"stream\":true,\"stream_options\":{\"include_usage\":true}}");
        for (JsonNode chunk : chunks.subList(0, chunks.size() - 1)) {
            assertThat(chunk.get("usage").isNull()).isTrue();
            assertThat(chunk.get("choices")).hasSize(1);
        }
        JsonNode last = chunks.getLast();
        assertThat(last.get("choices")).isEmpty();
        assertThat(last.get("usage").get("completion_tokens").asInt()).isEqualTo(5);
        assertThat(server.stream("{\"prompt\":\"Once\",\"max_tokens\":5,\"stream\":true,\"stream_options\":{}}"))
                .noneMatch(chunk -> chunk.has("usage"));
    }

    @Test
    void scoresAPromptWithoutGenerating() {
        JsonNode choice = server.complete(
                        "{\"prompt\":[[1,300,301,302]],\"max_tokens\":0,\"echo\":true,\"logprobs\":3}")
                .get("choices")
                .get(0);
        JsonNode logprobs = choice.get("logprobs");
        assertThat(choice.get("finish_reason").asString()).isEqualTo("length");
        for (String array : List.of("tokens", "token_logprobs", "top_logprobs", "text_offset")) {
            assertThat(logprobs.get(array)).as(array).hasSize(4);
        }
        assertThat(logprobs.get("token_logprobs").get(0).isNull()).isTrue();
        assertThat(logprobs.get("top_logprobs").get(0).isNull()).isTrue();
        for (int i = 1; i < 4; i++) {
            assertThat(logprobs.get("top_logprobs").get(i).size()).isBetween(3, 4);
            assertThat(logprobs.get("token_logprobs").get(i).asDouble()).isNegative();
        }
    }

    /** The contract of a well-known evaluation harness: prompt ids in, scores of all of them and of one greedy token out. */
    @Test
    void scoresAsEvaluationHarnessesExpect() {
        JsonNode answer = server.complete(
                "{\"model\":\"altiplano-demo\",\"prompt\":[[1,300,301,302],[1,310,311]],\"temperature\":0,"
                        + "\"max_tokens\":1,\"logprobs\":1,\"seed\":1234,\"echo\":true}");
        for (int i = 0; i < 2; i++) {
            JsonNode logprobs = answer.get("choices").get(i).get("logprobs");
            int entries = i == 0 ? 5 : 4;
            assertThat(logprobs.get("token_logprobs")).hasSize(entries);
            assertThat(logprobs.get("token_logprobs").get(0).isNull()).isTrue();
            // The generated token is the greedy one: its score must be the best one's to the last digit.
            JsonNode top = logprobs.get("top_logprobs").get(entries - 1);
            double best = Double.NEGATIVE_INFINITY;
            for (JsonNode value : top) {
                best = Math.max(best, value.asDouble());
            }
            assertThat(logprobs.get("token_logprobs").get(entries - 1).asDouble())
                    .isEqualTo(best);
        }
    }

    @Test
    void givesTheSameScoresWhicheverWayTheyAreAskedFor() {
        JsonNode generated = server.complete(
                        "{\"prompt\":[1,300,301],\"temperature\":0,\"max_tokens\":1,\"logprobs\":0,\"ignore_eos\":true}")
                .get("choices")
                .get(0)
                .get("logprobs");
        assertThat(generated.get("tokens")).hasSize(1);
        assertThat(generated.get("top_logprobs").get(0)).hasSize(1);
        JsonNode warm = server.complete(
                        "{\"prompt\":[1,300,301],\"temperature\":2,\"seed\":3,\"max_tokens\":1,\"logprobs\":5,\"top_k\":1,"
                                + "\"presence_penalty\":2,\"ignore_eos\":true}")
                .get("choices")
                .get(0)
                .get("logprobs");
        assertThat(warm.get("token_logprobs").get(0).asDouble())
                .isCloseTo(generated.get("token_logprobs").get(0).asDouble(), within(1e-5));
    }

    @Test
    void countsOffsetsFromThePromptsBeginning() {
        String prompt = "Once there";
        JsonNode choice = server.complete(
                        "{\"prompt\":\"" + prompt + "\",\"temperature\":0,\"max_tokens\":3,\"logprobs\":0}")
                .get("choices")
                .get(0);
        assertThat(choice.get("logprobs").get("text_offset").get(0).asInt()).isEqualTo(prompt.length());
    }

    @Test
    void stopsBeforeAStopString() {
        String request = "{\"prompt\":\"Once\",\"temperature\":0,\"max_tokens\":32,\"ignore_eos\":true";
        String whole = text(request + "}");
        String stop = whole.substring(8, 11);
        JsonNode choice = server.complete(request + ",\"stop\":[" + TestServer.JSON.writeValueAsString(stop) + "]}")
                .get("choices")
                .get(0);
        assertThat(choice.get("text").asString()).isEqualTo(whole.substring(0, whole.indexOf(stop)));
        assertThat(choice.get("finish_reason").asString()).isEqualTo("stop");
    }

    @Test
    void biasesATokenUntilNothingElseComes() {
        int id = tokens("e", false).getLast();
        JsonNode usage = server.complete("{\"prompt\":\"Once\",\"max_tokens\":6,\"logit_bias\":{\"" + id + "\":100}}");
        String text = usage.get("choices").get(0).get("text").asString();
        assertThat(text).isEqualTo("e".repeat(6));
    }

    @Test
    void takesNullForAbsent() {
        server.complete(
                "{\"prompt\":\"a\",\"model\":null,\"max_tokens\":null,\"temperature\":null,\"top_p\":null,\"top_k\":null,"
                        + "\"min_p\":null,\"n\":null,\"best_of\":null,\"stream\":null,\"stream_options\":null,\"echo\":null,"
                        + "\"logprobs\":null,\"stop\":null,\"presence_penalty\":null,\"frequency_penalty\":null,"
                        + "\"repetition_penalty\":null,\"logit_bias\":null,\"seed\":null,\"user\":null,\"ignore_eos\":null,"
                        + "\"timeout\":null,\"suffix\":null}");
    }

    @Test
    void takesTheEndsOfEveryRange() {
        server.complete(
                "{\"prompt\":\"\",\"max_tokens\":1,\"temperature\":2,\"top_p\":0,\"top_k\":-1,\"min_p\":1,\"n\":16,"
                        + "\"best_of\":16,\"logprobs\":5,\"presence_penalty\":-2,\"frequency_penalty\":2,\"repetition_penalty\":10,"
                        + "\"logit_bias\":{\"0\":-100,\"511\":100},\"seed\":9223372036854775807,\"timeout\":3600,\"user\":\"\","
                        + "\"stop\":[\"a\",\"b\",\"c\",\"d\"]}");
        server.complete("{\"prompt\":\"é\uD83D\uDE00\",\"max_tokens\":1.0,\"top_p\":1e0,\"temperature\":1E-40}");
    }

    @Test
    void acceptsTheWholeContextAndNotOneTokenMore() {
        int context = TestServer.JSON
                .readTree(server.get("/v1/models").body())
                .get("data")
                .get(0)
                .get("max_model_len")
                .asInt();
        JsonNode error = TestServer.error(
                server.post("/v1/completions", "{\"prompt\":[1,5,6],\"max_tokens\":" + (context - 2) + "}"), 400);
        assertThat(error.get("code").asString()).isEqualTo("context_length_exceeded");
        assertThat(error.get("message").asString())
                .contains(Integer.toString(context))
                .contains(Integer.toString(context + 1));
    }

    private String text(String request) {
        return server.complete(request).get("choices").get(0).get("text").asString();
    }

    private List<Integer> tokens(String text, boolean special) {
        JsonNode answer = TestServer.JSON.readTree(
                server.post("/tokenize", "{\"prompt\":\"" + text + "\",\"add_special_tokens\":" + special + "}")
                        .body());
        List<Integer> ids = new ArrayList<>();
        answer.get("tokens").forEach(id -> ids.add(id.asInt()));
        return ids;
    }

    private static List<String> strings(JsonNode array) {
        List<String> strings = new ArrayList<>();
        array.forEach(node -> strings.add(node.asString()));
        return strings;
    }

    @Test
    void followsWhatItIsGuidedBy() {
        JsonNode completion =
                server.complete("{\"prompt\":\"a\",\"n\":3,\"seed\":1,\"guided_choice\":[\"yes\",\"no\"]}");
        for (JsonNode choice : completion.get("choices")) {
            assertThat(choice.get("text").asString()).isIn("yes", "no");
            assertThat(choice.get("finish_reason").asString()).isEqualTo("stop");
        }
        assertThat(server.complete("{\"prompt\":\"a\",\"seed\":1,\"structured_outputs\":{\"regex\":\"[0-9]{3}\"}}")
                        .at("/choices/0/text")
                        .asString())
                .matches("[0-9]{3}");
    }
}
