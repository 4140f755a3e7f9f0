package dev.altiplano.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.Generation;
import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.engine.Prompt;
import dev.altiplano.engine.chat.ChatRequest;
import dev.altiplano.engine.chat.ChatTemplate;
import dev.altiplano.engine.chat.Message;
import dev.altiplano.engine.chat.Role;
import dev.altiplano.server.KeyedServer;
import dev.altiplano.server.OpenApi;
import dev.altiplano.server.TestServer;
import dev.altiplano.server.lifecycle.EngineLifecycle;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** {@code /tokenize}, {@code /detokenize} and {@code /tokenizer_info}. */
class TokenTest {

    private final TestServer server = TestServer.shared();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"Once upon a time", "Grüße, 世界! 😀", "  two  spaces ", "</s><s>[INST]"})
    void goesThereAndBack(String text) {
        JsonNode tokens = tokenize("{\"prompt\":" + TestServer.JSON.writeValueAsString(text)
                + ",\"add_special_tokens\":false,\"parse_special\":false}");
        HttpResponse<String> back = server.post("/detokenize", "{\"tokens\":" + tokens.get("tokens") + "}");
        OpenApi.check("DetokenizeResponse", back.body());
        assertThat(TestServer.JSON.readTree(back.body()).get("prompt").asString())
                .isEqualTo(text);
    }

    @Test
    void putsTheBeginningInFrontUnlessToldOtherwise() {
        JsonNode with = tokenize("{\"prompt\":\"Once\"}");
        JsonNode without = tokenize("{\"prompt\":\"Once\",\"add_special_tokens\":false,\"model\":\"altiplano-demo\"}");
        assertThat(with.get("count").asInt()).isEqualTo(without.get("count").asInt() + 1);
        assertThat(with.get("tokens")).hasSize(with.get("count").asInt());
        JsonNode info = TestServer.JSON.readTree(server.get("/tokenizer_info").body());
        OpenApi.check("TokenizerInfo", info.toString());
        assertThat(with.get("tokens").get(0)).isEqualTo(info.get("bos_token_id"));
        assertThat(with.get("max_model_len")).isEqualTo(info.get("model_max_length"));
    }

    /** As evaluation harnesses ask that have no tokenizer: they write the chat out and want its tokens. */
    @Test
    void aChatThatWasWrittenOutHasTheTokensOfTheChat() {
        try (TestServer chats = TestServer.ready("--altiplano.model.path=src/main/resources/model/demo-instruct")) {
            JsonNode info =
                    TestServer.JSON.readTree(chats.get("/tokenizer_info").body());
            OpenApi.check("TokenizerInfo", info.toString());
            ChatRequest conversation = ChatRequest.of(
                    List.of(
                            Message.of(Role.USER, "Hi"),
                            Message.of(Role.ASSISTANT, "Hello."),
                            Message.of(Role.USER, "Tell me a story.")),
                    LocalDateTime.of(2026, 1, 1, 0, 0));
            String text = ChatTemplate.compile(
                            info.get("chat_template").asString(),
                            Map.of(
                                    "bos_token",
                                    info.get("bos_token").asString(),
                                    "eos_token",
                                    info.get("eos_token").asString()))
                    .render(conversation)
                    .text();
            String body = "{\"prompt\":" + TestServer.JSON.writeValueAsString(text) + ",\"add_special_tokens\":false}";
            JsonNode tokens = TestServer.JSON
                    .readTree(chats.post("/tokenize", body).body())
                    .get("tokens");
            Generation chat = chats.context()
                    .getBean(EngineLifecycle.class)
                    .engine()
                    .submit(GenerationRequest.of("chat", new Prompt.Chat(conversation, 0), 0));
            assertThat(tokens.valueStream().mapToInt(JsonNode::asInt))
                    .containsExactly(
                            Arrays.stream(chat.promptIds().getFirst()).boxed().toArray(Integer[]::new));
        }
    }

    @Test
    void saysWhatAModelPutsAroundATextAndWhatItsEndIs(@TempDir Path folder) throws IOException {
        Path base = Path.of("src/test/resources/reference/hf-base");
        for (String name : List.of("config.json", "model.safetensors", "tokenizer.model")) {
            Files.copy(base.resolve(name), folder.resolve(name));
        }
        Files.writeString(folder.resolve("generation_config.json"), "{\"eos_token_id\": [200, 2]}");
        Files.writeString(
                folder.resolve("tokenizer_config.json"),
                "{\"eos_token\": \"</s>\", \"pad_token\": \"<unk>\", \"add_bos_token\": false, \"add_eos_token\": true}");
        try (TestServer other = TestServer.ready("--altiplano.model.path=" + folder)) {
            JsonNode info =
                    TestServer.JSON.readTree(other.get("/tokenizer_info").body());
            OpenApi.check("TokenizerInfo", info.toString());
            assertThat(info.get("eos_token_id").asInt()).isEqualTo(2);
            assertThat(info.get("pad_token").asString()).isEqualTo("<unk>");
            assertThat(info.get("add_bos_token").asBoolean()).isFalse();
            assertThat(info.get("add_eos_token").asBoolean()).isTrue();
        }
    }

    /** With special tokens a text is a text, as anybody may send it; without them it is what somebody's template wrote. */
    @Test
    void readsControlTokensWhereItAddsNone() {
        assertThat(tokenize("{\"prompt\":\"a</s>\",\"add_special_tokens\":false}")
                        .get("tokens")
                        .valueStream()
                        .map(JsonNode::asInt))
                .contains(2);
        for (String other : List.of("true", "false,\"parse_special\":false")) {
            assertThat(tokenize("{\"prompt\":\"a</s>\",\"add_special_tokens\":" + other + "}")
                            .get("tokens")
                            .valueStream()
                            .map(JsonNode::asInt))
                    .doesNotContain(2);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "/tokenize | {} | prompt",
                "/tokenize | {\"prompt\":null} | prompt",
                "/tokenize | {\"prompt\":[1]} | prompt",
                "/tokenize | {\"prompt\":\"\\ud800\"} | prompt",
                "/tokenize | {\"prompt\":\"a\",\"add_special_tokens\":1} | add_special_tokens",
                "/tokenize | {\"prompt\":\"a\",\"messages\":[]} | messages",
                "/detokenize | {} | tokens",
                "/detokenize | {\"tokens\":1} | tokens",
                "/detokenize | {\"tokens\":[512]} | tokens",
                "/detokenize | {\"tokens\":[-1]} | tokens",
                "/detokenize | {\"tokens\":[1.5]} | tokens",
                "/detokenize | {\"tokens\":[\"1\"]} | tokens",
                "/detokenize | {\"tokens\":[NaN]} | tokens",
                "/detokenize | {\"tokens\":[1],\"text\":1} | text",
            })
    void refusesAndNamesTheField(String path, String body, String param) {
        assertThat(TestServer.error(server.post(path, body), 400).get("param").asString())
                .isEqualTo(param);
    }

    @Test
    void isOnlyForTheServedModel() {
        TestServer.error(server.post("/tokenize", "{\"prompt\":\"a\",\"model\":\"other\"}"), 404);
        TestServer.error(server.get("/tokenize"), 405);
    }

    /** Few bytes of ids may name much text: it may be as long as a body. */
    @Test
    void boundsTheTextOfTokens() {
        TestServer small = KeyedServer.shared();
        String[] key = KeyedServer.bearer("other");
        // The id of "everything".
        String most = "{\"tokens\":[" + "394,".repeat(5_900) + "394]}";
        String more = "{\"tokens\":[" + "394,".repeat(7_000) + "394]}";
        String text = TestServer.JSON
                .readTree(small.post("/detokenize", most, key).body())
                .get("prompt")
                .asString();
        assertThat(text.length()).isBetween(59_000, KeyedServer.MAX_BODY_BYTES);
        JsonNode error = TestServer.error(small.post("/detokenize", more, key), 400);
        assertThat(error.get("code").asString()).isEqualTo("text_too_long");
        assertThat(error.get("param").asString()).isEqualTo("tokens");
    }

    private JsonNode tokenize(String body) {
        HttpResponse<String> response = server.post("/tokenize", body);
        assertThat(response.statusCode()).isEqualTo(200);
        OpenApi.check("TokenizeResponse", response.body());
        return TestServer.JSON.readTree(response.body());
    }
}
