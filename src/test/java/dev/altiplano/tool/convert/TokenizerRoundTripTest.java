package dev.altiplano.tool.convert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.TokenizerData;
import dev.altiplano.engine.load.CheckpointTokenizer;
import dev.altiplano.engine.load.Checkpoints;
import dev.altiplano.engine.tokenizer.Tokenizer;
import dev.altiplano.tool.Commands;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Tokenizers of every kind that is read from a folder, merged into a GGUF file: the same ids, whatever names GGUF has for them. */
final class TokenizerRoundTripTest {

    private static final Path TOKENIZERS = Path.of("src/test/resources/reference/families/tokenizers");
    private static final String CASED = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+%1$s|"
            + "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*%1$s|";
    private static final String REST = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    private static final String TEKKEN = "[^\\r\\n\\p{L}\\p{N}]?" + String.format(CASED, "") + "\\p{N}" + REST;
    private static final String GPT_4O =
            "[^\\r\\n\\p{L}\\p{N}]?" + String.format(CASED, "(?i:'s|'t|'re|'ve|'m|'ll|'d)?") + "\\p{N}{1,3}" + REST;
    private static final String QWEN_2 = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}|"
            + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

    private static final List<String> TEXTS = List.of(
            "The theatre, there: it's 2023 and I'LL GO, don't they'Re",
            "camelCaseWords HTTPServer \u00c9t\u00e9 \u00c0\u00c9\u00ce\u00d1 \u00f1and\u00fa \u01c5 stra\u00dfe \u00e9\u00c9\u00e9",
            "\u041f\u0440\u0438\u0432\u0435\u0442 \u041c\u0418\u0420 \u4f60\u597d\uff0c\u4e16\u754c \u3053\u3093 \u0645\u0631\u062d\u0628\u0627 1\u00b2\u00bd\u0664",
            "  two  spaces\n\n\n\tand tabs \r\n end   ",
            "for (int i = 0; i < 10; ++i) { a[i] = b/c; } // x\n",
            "e\u0301 o\u0302 \uac00\u1100\u1161 \ufb01 \uff21 \ud83d\ude00\ud83d\udc4d\ud83c\udffd",
            "a <tool> b<tool>c <|begin_of_text|>d</s> <s>e",
            " ",
            "\n",
            "\u00a0x",
            "<tool>");

    @TempDir
    private Path folder;

    /** What is changed in a folder's tokenizer.json, and the name of the rule that other programs find, or how the file says that there is none. */
    record Change(String base, String name, String found) {
        @Override
        public String toString() {
            return base + ": " + name;
        }
    }

    static Stream<Change> changes() {
        return Stream.of(
                new Change("llama3", "none", "llama-bpe"),
                new Change("llama3", "no ignore_merges", "dbrx"),
                new Change("llama3", "five ends", "llama-bpe"),
                new Change("llama", "five ends", "exact"),
                new Change("llama3", "tekken", "near tekken"),
                new Change("llama3", "gpt-4o", "near gpt-4o"),
                new Change("llama3", "qwen2", "near qwen2"),
                new Change("llama3", "NFC", "near llama-bpe"),
                new Change("llama3", "Lowercase", "far"),
                new Change("llama3", "own expression", "far"),
                new Change("llama3", "add_prefix_space", "far"),
                new Change("llama3", "lstrip", "near llama-bpe"),
                new Change("llama3", "two ids in front", "near llama-bpe"),
                new Change("llama3", "added token of the vocabulary", "near llama-bpe"),
                new Change("llama", "none", "exact"),
                new Change("llama", "other order of merges", "near"),
                new Change("llama", "NFC", "far"),
                new Change("metaspace-never", "none", "near"),
                new Change("metaspace-first", "none", "exact"),
                new Change("metaspace-first", "single_word", "near"),
                new Change("spm-nfkc", "none", "far"));
    }

    @ParameterizedTest
    @MethodSource("changes")
    void theFileEncodesAsTheFolder(Change change) throws IOException {
        Path model = Files.createDirectory(folder.resolve("model"));
        for (String name : List.of("config.json", "model.safetensors")) {
            Files.copy(TOKENIZERS.resolve(change.base).resolve(name), model.resolve(name));
        }
        ObjectNode json = (ObjectNode) JsonMapper.shared()
                .readTree(Files.readString(TOKENIZERS.resolve(change.base).resolve("tokenizer.json")));
        apply(change.name, json);
        Files.writeString(model.resolve("tokenizer.json"), json.toString());
        if (change.name.equals("five ends")) {
            String config = Files.readString(model.resolve("config.json"));
            JsonNode ends = JsonMapper.shared().readTree(config).get("eos_token_id");
            int eos = (ends.isArray() ? ends.get(0) : ends).intValue();
            Files.writeString(
                    model.resolve("generation_config.json"), "{\"eos_token_id\": [310, 320, 330, 340, " + eos + "]}");
            String first = json.at("/added_tokens/0/content").asString();
            Files.writeString(
                    model.resolve("tokenizer_config.json"),
                    "{\"eos_token\": \"" + textOf(json, eos) + "\", \"pad_token\": \"" + first + "\", \"unk_token\": \""
                            + first + "\"}");
        }
        Path merged = folder.resolve("merged.gguf");
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Commands.run(new PrintWriter(out), new PrintWriter(err), "merge", model.toString(), merged.toString());
        assertThat(err.toString()).isEmpty();
        assertThat(out.toString().contains("altiplano.tokenizer.json"))
                .isEqualTo(change.found.startsWith("near") || change.found.equals("far"));
        try (Checkpoint before = Checkpoints.open(model);
                Checkpoint after = Checkpoints.open(merged)) {
            assertThat(found(after.tokenizer())).isEqualTo(change.found);
            Tokenizer expected = CheckpointTokenizer.of(before.tokenizer());
            assertSame(expected, CheckpointTokenizer.of(after.tokenizer()));
            assertThat(specialTokens(after)).isEqualTo(specialTokens(before));
            if (change.name.equals("five ends")) {
                assertThat(expected.eos()).isNotEqualTo(310);
                assertThat(specialTokens(before)).containsKeys("unk_token", "pad_token");
            }
        }
        Path again = folder.resolve("again.gguf");
        Commands.run(
                new PrintWriter(out),
                new PrintWriter(err),
                "quantize",
                "--type",
                "f32",
                merged.toString(),
                again.toString());
        try (Checkpoint before = Checkpoints.open(merged);
                Checkpoint after = Checkpoints.open(again)) {
            assertThat(found(after.tokenizer())).isEqualTo(change.found);
            assertSame(CheckpointTokenizer.of(before.tokenizer()), CheckpointTokenizer.of(after.tokenizer()));
            assertThat(specialTokens(after)).isEqualTo(specialTokens(before));
        }
    }

    private static Map<String, String> specialTokens(Checkpoint checkpoint) {
        return CheckpointTokenizer.specialTokens(
                checkpoint.tokenizer(), CheckpointTokenizer.of(checkpoint.tokenizer()));
    }

    private static String textOf(JsonNode json, int id) {
        return json.get("added_tokens")
                .valueStream()
                .filter(token -> token.get("id").intValue() == id)
                .findFirst()
                .orElseThrow()
                .get("content")
                .asString();
    }

    private static String found(TokenizerData data) {
        return switch (data) {
            case TokenizerData.Merges merges -> merges.preTokenizer();
            case TokenizerData.Pieces pieces -> "exact";
            case TokenizerData.Ruled ruled when !ruled.near() -> "far";
            case TokenizerData.Ruled ruled
            when ruled.standard() instanceof TokenizerData.Merges merges -> "near " + merges.preTokenizer();
            default -> "near";
        };
    }

    private static void apply(String change, ObjectNode json) {
        ObjectNode model = (ObjectNode) json.get("model");
        switch (change) {
            case "none", "five ends" -> {}
            case "no ignore_merges" -> model.put("ignore_merges", false);
            case "tekken" -> expression(json, TEKKEN);
            case "gpt-4o" -> expression(json, GPT_4O);
            case "qwen2" -> expression(json, QWEN_2);
            case "own expression" -> expression(json, "\\p{L}{1,4}|\\s?[^\\p{L}\\s]+|\\s+");
            case "NFC", "Lowercase" -> json.putObject("normalizer").put("type", change);
            case "add_prefix_space" ->
                ((ObjectNode) json.get("pre_tokenizer").get("pretokenizers").get(1)).put("add_prefix_space", true);
            case "lstrip", "single_word" ->
                json.get("added_tokens").valueStream().forEach(token -> ((ObjectNode) token).put(change, true));
            case "two ids in front" -> {
                JsonNode processor = json.get("post_processor");
                JsonNode template = processor.get("processors") == null
                        ? processor
                        : processor.get("processors").get(1);
                template.get("special_tokens")
                        .valueStream()
                        .forEach(token ->
                                ((ObjectNode) token).putArray("ids").add(3).add(4));
            }
            case "added token of the vocabulary" ->
                ((ObjectNode) json)
                        .withArray("added_tokens")
                        .addObject()
                        .put("id", 70)
                        .put(
                                "content",
                                model.get("vocab")
                                        .propertyStream()
                                        .filter(entry -> entry.getValue().intValue() == 70)
                                        .findFirst()
                                        .orElseThrow()
                                        .getKey())
                        .put("special", false);
            case "other order of merges" -> {
                List<JsonNode> merges = model.get("merges").valueStream().toList();
                var turned = model.putArray("merges");
                // Every second pair of neighbours changes places.
                for (int i = 0; i < merges.size(); i++) {
                    int other = i ^ 1;
                    turned.add(merges.get(other < merges.size() ? other : i));
                }
            }
            default -> throw new IllegalArgumentException(change);
        }
    }

    private static void expression(ObjectNode json, String expression) {
        ((ObjectNode) json.get("pre_tokenizer").get("pretokenizers").get(0).get("pattern")).put("Regex", expression);
    }

    private static void assertSame(Tokenizer expected, Tokenizer actual) {
        assertThat(actual.vocabularySize()).isEqualTo(expected.vocabularySize());
        assertThat(actual.bos()).isEqualTo(expected.bos());
        assertThat(actual.eos()).isEqualTo(expected.eos());
        assertThat(actual.prefixIds()).isEqualTo(expected.prefixIds());
        assertThat(actual.suffixIds()).isEqualTo(expected.suffixIds());
        assertThat(actual.controlTokens()).isEqualTo(expected.controlTokens());
        for (String text : TEXTS) {
            assertThat(actual.encode(text)).as("'%s'", text).isEqualTo(expected.encode(text));
            assertThat(actual.encodeParsed(text)).as("'%s'", text).isEqualTo(expected.encodeParsed(text));
            assertThat(actual.encodeContinuation(text)).as("'%s'", text).isEqualTo(expected.encodeContinuation(text));
            assertThat(actual.decode(expected.encodeParsed(text)))
                    .isEqualTo(expected.decode(expected.encodeParsed(text)));
        }
        for (int id = 0; id < expected.vocabularySize(); id++) {
            assertThat(actual.isEnd(id)).as("%d", id).isEqualTo(expected.isEnd(id));
            assertThat(actual.hasToken(id)).as("%d", id).isEqualTo(expected.hasToken(id));
            if (expected.hasToken(id)) {
                assertThat(actual.piece(id)).isEqualTo(expected.piece(id));
                // SentencePiece shows what it cannot write in its own way.
                if (!expected.piece(id).equals("<unk>")) {
                    assertThat(actual.bytes(id)).as("%d", id).isEqualTo(expected.bytes(id));
                }
            }
        }
    }
}
