package dev.altiplano.engine.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.Engine;
import dev.altiplano.engine.EngineObserver;
import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.engine.Prompt;
import dev.altiplano.engine.chat.ChatRequest;
import dev.altiplano.engine.chat.Message;
import dev.altiplano.engine.chat.Role;
import dev.altiplano.engine.chat.ToolCallFormat;
import dev.altiplano.engine.run.Engines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that bring a template for conversations that offer tools beside their usual one. */
class ChatLoaderTest {

    private static final String USUAL = "usual: {{ messages[0].content }}";
    private static final String TOOL_USE = "{{ tools[0].name }}<tool_call>: {{ messages[0].content }}";

    @TempDir
    private Path folder;

    /** A folder with these templates; null leaves one out. */
    private Path model(String name, @Nullable String usual, @Nullable String toolUse) throws IOException {
        Path model = Files.createDirectory(folder.resolve(name));
        try (Stream<Path> files = Files.list(Path.of("src/test/resources/reference/hf-base"))) {
            for (Path file : files.toList()) {
                Files.copy(file, model.resolve(file.getFileName().toString()));
            }
        }
        String templates = Stream.of(named("tool_use", toolUse), named("default", usual))
                .filter(template -> !template.isEmpty())
                .reduce((a, b) -> a + ", " + b)
                .orElse("");
        Files.writeString(model.resolve("tokenizer_config.json"), "{\"chat_template\": [" + templates + "]}");
        return model;
    }

    private static String named(String name, @Nullable String template) {
        return template == null ? "" : "{\"name\": \"" + name + "\", \"template\": \"" + template + "\"}";
    }

    private static Engine open(Path model) {
        return Engines.open(EngineOptions.of(model, "test"), (phase, done, total) -> {}, EngineObserver.NONE);
    }

    private static String written(Engine engine, boolean tools) {
        return engine.detokenize(prompt(engine, tools));
    }

    private static int[] prompt(Engine engine, boolean tools) {
        ChatRequest conversation = new ChatRequest(
                List.of(Message.of(Role.USER, "Hi")),
                tools ? List.of(Map.of("name", "weather")) : List.of(),
                List.of(),
                Map.of(),
                true,
                false,
                LocalDateTime.of(2026, 1, 1, 0, 0));
        return engine.submit(GenerationRequest.of("test", new Prompt.Chat(conversation, 0), 0))
                .promptIds()
                .getFirst();
    }

    @Test
    void chatsWithToolsUseTheirs() throws IOException {
        String digest;
        try (Engine engine = open(model("both", USUAL, TOOL_USE))) {
            assertThat(written(engine, true)).isEqualTo("weather<tool_call>: Hi");
            assertThat(written(engine, false)).isEqualTo("usual: Hi");
            assertThat(engine.card().chatTemplate()).isEqualTo(USUAL);
            assertThat(engine.card().toolCalls()).isEqualTo(ToolCallFormat.HERMES);
            digest = engine.card().contentDigest();
        }
        try (Engine engine = open(model("usual", USUAL, null))) {
            assertThat(written(engine, true)).isEqualTo("usual: Hi");
            assertThat(engine.card().toolCalls()).isEqualTo(ToolCallFormat.NONE);
            assertThat(engine.card().contentDigest()).isNotEqualTo(digest);
        }
    }

    /** The end of a turn is what such a list begins with; a template means the tokenizer's own end. */
    @Test
    void aTemplateSeesTheTokenizersOwnTokens() throws IOException {
        Path model = model("tokens", USUAL, null);
        Files.writeString(model.resolve("generation_config.json"), "{\"eos_token_id\": [200, 2]}");
        Files.writeString(
                model.resolve("tokenizer_config.json"),
                "{\"eos_token\": \"</s>\", \"chat_template\": \"{{ eos_token }}\"}");
        try (Engine engine = open(model)) {
            assertThat(prompt(engine, false)).endsWith(2);
            assertThat(engine.card().eos()).isEqualTo(2);
        }
    }

    @Test
    void aTemplateSeesAllTokensThatTheFilesName() throws IOException {
        Path model = model("named", USUAL, null);
        Path settings = model.resolve("tokenizer_config.json");
        String written =
                "\"add_bos_token\": true, \"chat_template\": \"{{ pad_token }}{{ unk_token }}{{ sep_token }}\"}";
        Files.writeString(
                model.resolve("special_tokens_map.json"),
                "{\"unk_token\": {\"content\": \"<unk>\"}, \"pad_token\": \"<unk>\"}");
        Files.writeString(settings, "{\"pad_token\": \"</s>\", \"sep_token\": \"hello\", " + written);
        String digest;
        try (Engine engine = open(model)) {
            assertThat(prompt(engine, false)).containsSubsequence(2, 0);
            assertThat(written(engine, false)).endsWith("hello");
            digest = engine.card().contentDigest();
        }
        Files.writeString(settings, "{\"pad_token\": \"</s>\", \"sep_token\": \"bye\", " + written);
        try (Engine engine = open(model)) {
            assertThat(engine.card().contentDigest()).isNotEqualTo(digest);
        }
    }

    @Test
    void oneThatCannotBeUsedLeavesTheUsual() throws IOException {
        try (Engine engine = open(model("broken", USUAL, "{% if %}"))) {
            assertThat(written(engine, true)).isEqualTo("usual: Hi");
        }
    }
}
