package dev.altiplano.tool.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.Engine;
import dev.altiplano.engine.EngineObserver;
import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.engine.Prompt;
import dev.altiplano.engine.chat.ChatRequest;
import dev.altiplano.engine.chat.ChatTemplates;
import dev.altiplano.engine.chat.Message;
import dev.altiplano.engine.chat.Role;
import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.load.CheckpointTokenizer;
import dev.altiplano.engine.load.Checkpoints;
import dev.altiplano.engine.run.Engines;
import dev.altiplano.engine.tokenizer.EndToken;
import dev.altiplano.engine.tokenizer.Tokenizer;
import dev.altiplano.tool.Commands;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Mistral's {@code tekken.json} in a folder without {@code tokenizer.json}, with ids that tiktoken made of the same ranks. */
final class TekkenTest {

    private static final Path TEKKEN = Path.of("src/test/resources/tekken/tekken.json");
    private static final Path WEIGHTS =
            Path.of("src/test/resources/reference/families/tokenizers/llama3/model.safetensors");
    private static final String CONFIG = """
            {"architectures": ["MistralForCausalLM"], "model_type": "mistral", "hidden_size": 32, "intermediate_size": 32,
             "num_hidden_layers": 1, "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 563,
             "max_position_embeddings": 512, "rms_norm_eps": 1e-05, "rope_theta": 10000.0, "bos_token_id": 1, "eos_token_id": 2,
             "tie_word_embeddings": true, "sliding_window": null}""";

    @TempDir
    private Path folder;

    @Test
    void encodesAsTiktokenDoes() throws IOException {
        huggingFace(Files.readString(TEKKEN));
        try (Checkpoint checkpoint = Checkpoints.open(folder)) {
            assertCases(CheckpointTokenizer.of(checkpoint.tokenizer()));
        }
    }

    @Test
    void theMergedFileEncodesTheSame() throws IOException {
        huggingFace(Files.readString(TEKKEN));
        try (Checkpoint checkpoint = Checkpoints.open(merged())) {
            assertCases(CheckpointTokenizer.of(checkpoint.tokenizer()));
        }
    }

    /** Its spaces are tokens of their own, which the model has never seen between the marks of a turn and its text. */
    @Test
    void aChatHasNoSpacesBesideItsMarks() throws IOException {
        huggingFace(Files.readString(TEKKEN));
        ChatRequest conversation = ChatRequest.of(
                List.of(Message.of(Role.USER, "Hi"), Message.of(Role.ASSISTANT, "Hello"), Message.of(Role.USER, "Bye")),
                LocalDateTime.of(2026, 1, 1, 0, 0));
        try (Engine engine =
                Engines.open(EngineOptions.of(folder, "test"), (phase, done, total) -> {}, EngineObserver.NONE)) {
            int[] ids = engine.submit(GenerationRequest.of("test", new Prompt.Chat(conversation, 0), 0))
                    .promptIds()
                    .getFirst();
            assertThat(ids)
                    .containsExactly(engine.tokenizeParsed("<s>[INST]Hi[/INST]Hello</s>[INST]Bye[/INST]", false));
            assertThat(ids).startsWith(1, 3).endsWith(4).doesNotContain(engine.tokenize(" ", false));
        }
    }

    /** The version is not in the file that is written: the template that it asks for is. */
    @ParameterizedTest
    @CsvSource({"v3, MISTRAL_V3_TEKKEN", "v7, MISTRAL_V7_TEKKEN", "v11, MISTRAL_V11_TEKKEN", "v13, MISTRAL_V13_TEKKEN"})
    void theVersionSaysTheTemplate(String version, ChatTemplates template) throws IOException {
        String controls =
                "\"special_tokens\": [{\"rank\": 1, \"token_str\": \"<s>\"}, {\"rank\": 2, \"token_str\": \"</s>\"},"
                        + " {\"rank\": 3, \"token_str\": \"[INST]\"}, {\"rank\": 4, \"token_str\": \"[/INST]\"},"
                        + " {\"rank\": 5, \"token_str\": \"[SYSTEM_PROMPT]\"}], ";
        huggingFace("{" + controls
                + Files.readString(TEKKEN)
                        .substring(1)
                        .replace("\"version\": \"v3\"", "\"version\": \"" + version + "\""));
        Path merged = merged();
        for (Path model : List.of(folder, merged)) {
            try (Engine engine =
                    Engines.open(EngineOptions.of(model, "test"), (phase, done, total) -> {}, EngineObserver.NONE)) {
                assertThat(engine.card().chatTemplate()).isEqualTo(template.source());
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"rank\": 7,|\"rank\": 8,|its rank 8 is given a second time",
                "\"default_vocab_size\": 563|\"default_vocab_size\": 600|vocab has 560 tokens, but config uses 580",
                "\"default_vocab_size\": 563|\"default_vocab_size\": 20|expected more than those",
                "\"default_vocab_size\": 563|\"default_vocab_size\": 1999999999|at most 1048576",
                "\"token_bytes\": \"AA==\"|\"token_bytes\": \"?\"|vocab[0]: token_bytes is not base64",
                "\"token_bytes\": \"AA==\"|\"token_bytes\": \"\"|token_bytes has 0 bytes",
                "\"pattern\": \"|\"pattern\": \"(|config: pattern",
                "\"config\"|\"Config\"|tekken.json: config is missing",
            })
    void saysWhatIsWrong(String right, String wrong, String message) throws IOException {
        String text = Files.readString(TEKKEN);
        assertThat(text).contains(right);
        int at = text.indexOf(right);
        huggingFace(text.substring(0, at) + wrong + text.substring(at + right.length()));
        try (Checkpoint checkpoint = Checkpoints.open(folder)) {
            assertThatThrownBy(() -> CheckpointTokenizer.of(checkpoint.tokenizer()))
                    .hasMessageContaining("tekken.json")
                    .hasMessageContaining(message);
        }
    }

    private Path merged() {
        Path merged = folder.resolve("merged.gguf");
        StringWriter err = new StringWriter();
        Commands.run(
                new PrintWriter(new StringWriter()),
                new PrintWriter(err),
                "merge",
                folder.toString(),
                merged.toString());
        assertThat(err.toString()).isEmpty();
        return merged;
    }

    private void huggingFace(String tekken) throws IOException {
        Files.writeString(folder.resolve("config.json"), CONFIG);
        Files.copy(WEIGHTS, folder.resolve("model.safetensors"));
        Files.writeString(folder.resolve("tekken.json"), tekken);
    }

    private static void assertCases(Tokenizer tokenizer) throws IOException {
        JsonNode cases = JsonMapper.shared().readTree(Files.readString(TEKKEN.resolveSibling("cases.json")));
        for (JsonNode each : cases.get("cases")) {
            String text = each.get("text").stringValue();
            int[] ids =
                    each.get("ids").valueStream().mapToInt(JsonNode::intValue).toArray();
            assertThat(tokenizer.encode(text)).as(text).containsExactly(ids);
            assertThat(tokenizer.decode(ids)).isEqualTo(text);
        }
        assertThat(tokenizer.prefixIds()).containsExactly(1);
        assertThat(tokenizer.ends().stream().map(EndToken::id)).containsExactly(2);
        assertThat(tokenizer.piece(3)).isEqualTo("[INST]");
        assertThat(tokenizer.piece(19)).isEqualTo("<SPECIAL_19>");
    }
}
