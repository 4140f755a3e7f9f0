package dev.altiplano.engine.checkpoint.huggingface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.CheckpointException;
import dev.altiplano.engine.checkpoint.JsonObject;
import dev.altiplano.engine.checkpoint.JsonReader;
import dev.altiplano.engine.checkpoint.ReferenceFiles;
import dev.altiplano.engine.checkpoint.TokenizerData;
import dev.altiplano.engine.load.CheckpointTokenizer;
import dev.altiplano.engine.load.Checkpoints;
import dev.altiplano.engine.tokenizer.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hugging Face folders beyond those of the reference data: tokenizer.json, tied output. */
class HuggingFaceTest {

    private static final String LLAMA3 =
            "{\"type\": \"Sequence\", \"pretokenizers\": [{\"type\": \"Split\", \"pattern\":"
                    + " {\"Regex\": \"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\\\r\\\\n\\\\p{L}\\\\p{N}]?\\\\p{L}+|\\\\p{N}{1,3}|"
                    + " ?[^\\\\s\\\\p{L}\\\\p{N}]+[\\\\r\\\\n]*|\\\\s*[\\\\r\\\\n]+|\\\\s+(?!\\\\S)|\\\\s+\"}, \"behavior\": \"Isolated\"},"
                    + " {\"type\": \"ByteLevel\", \"add_prefix_space\": false, \"use_regex\": false}]}";

    @TempDir
    private Path folder;

    @Test
    void aSentencePieceVocabularyInJsonEncodesAsItsModelFile() throws Exception {
        TokenizerData.Pieces pieces = pieces();
        Files.writeString(folder.resolve("tokenizer.json"), sentencePieceJson(pieces));
        copy("config.json");
        copy("model.safetensors");
        try (Checkpoint checkpoint = Checkpoints.open(folder)) {
            Tokenizer fromJson = CheckpointTokenizer.of(checkpoint.tokenizer());
            Tokenizer fromFile = CheckpointTokenizer.of(pieces);
            for (JsonObject test : cases()) {
                String text = test.text("text");
                assertThat(fromJson.encode(text)).as(text).isEqualTo(fromFile.encode(text));
            }
            assertThat(checkpoint.tokenizer()).isInstanceOfSatisfying(TokenizerData.Pieces.class, read -> {
                assertThat(read.kinds()).isEqualTo(pieces.kinds());
                assertThat(read.addsBos()).isTrue();
                assertThat(read.addsDummyPrefix()).isTrue();
            });
        }
    }

    @Test
    void readsLlama3sTokenizer() throws Exception {
        copy("model.safetensors");
        byteLevel(LLAMA3, "[\"a b\", [\"ab\", \"c\"]]");
        try (Checkpoint checkpoint = Checkpoints.open(folder)) {
            assertThat(checkpoint.tokenizer()).isInstanceOfSatisfying(TokenizerData.Merges.class, merges -> {
                assertThat(merges.tokens())
                        .containsExactly("a", "b", "c", "ab", "abc", "<|begin|>", "<|end|>", "<|eot|>");
                assertThat(merges.kinds()).containsExactly(1, 1, 1, 1, 1, 3, 3, 4);
                assertThat(merges.merges()).containsExactly("a b", "ab c");
                assertThat(merges.preTokenizer()).isEqualTo("llama-bpe");
                assertThat(merges.bos()).isEqualTo(5);
                assertThat(merges.eos()).isEqualTo(6);
                assertThat(merges.ends()).containsExactly(7);
                assertThat(merges.addsBos()).isTrue();
            });
        }
    }

    @Test
    void refusesASplittingRuleThatItDoesNotKnow() throws Exception {
        copy("model.safetensors");
        byteLevel(LLAMA3.replace("{1,3}", "{1,4}"), "[]");
        assertThatThrownBy(() -> Checkpoints.open(folder))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("tokenizer.json: its pre_tokenizer is neither");
    }

    @Test
    void aTiedOutputIsTheEmbedding() throws Exception {
        copy("model.safetensors");
        copy("tokenizer.model");
        String config = Files.readString(ReferenceFiles.ROOT.resolve("hf-base/config.json"));
        Files.writeString(
                folder.resolve("config.json"),
                config.replace("\"tie_word_embeddings\": false", "\"tie_word_embeddings\": true"));
        try (Checkpoint checkpoint = Checkpoints.open(folder)) {
            assertThat(checkpoint.tiedOutput()).isTrue();
            assertThat(ReferenceFiles.bytes(checkpoint.tensor("output.weight")))
                    .isEqualTo(ReferenceFiles.bytes(checkpoint.tensor("token_embd.weight")));
        }
    }

    @Test
    void rememberedSpellingsOfRopeAreUnderstood() throws Exception {
        copy("model.safetensors");
        copy("tokenizer.model");
        String config = Files.readString(ReferenceFiles.ROOT.resolve("hf-base/config.json"));
        Path file = folder.resolve("config.json");
        Files.writeString(
                file,
                config.replaceFirst(
                        "\\{", "{\"rope_parameters\": {\"rope_type\": \"default\", \"rope_theta\": 5000},"));
        try (Checkpoint checkpoint = Checkpoints.open(folder)) {
            assertThat(checkpoint.hyperparameters().ropeTheta()).isEqualTo(5000);
        }
        Files.writeString(file, config.replaceFirst("\\{", "{\"rope_parameters\": {\"rope_type\": \"by-parts\"},"));
        assertThatThrownBy(() -> Checkpoints.open(folder)).hasMessageContaining("\"by-parts\"; known are");
    }

    private void byteLevel(String preTokenizer, String merges) throws Exception {
        String config = Files.readString(ReferenceFiles.ROOT.resolve("hf-base/config.json"));
        Files.writeString(
                folder.resolve("config.json"),
                config.replaceFirst("\"bos_token_id\": \\d+", "\"bos_token_id\": 5")
                        .replaceFirst("\"eos_token_id\": \\d+", "\"eos_token_id\": [6, 7]"));
        Files.writeString(
                folder.resolve("tokenizer.json"),
                "{\"version\": \"1.0\", \"added_tokens\": [{\"id\": 5, \"content\": \"<|begin|>\", \"special\": true},"
                        + " {\"id\": 6, \"content\": \"<|end|>\", \"special\": true},"
                        + " {\"id\": 7, \"content\": \"<|eot|>\", \"special\": false}], \"normalizer\": null,"
                        + " \"pre_tokenizer\": " + preTokenizer + ", \"post_processor\": {\"type\": \"Sequence\","
                        + " \"processors\": [{\"type\": \"ByteLevel\"}, {\"type\": \"TemplateProcessing\", \"single\":"
                        + " [{\"SpecialToken\": {\"id\": \"<|begin|>\"}}, {\"Sequence\": {\"id\": \"A\"}}]}]},"
                        + " \"model\": {\"type\": \"BPE\", \"ignore_merges\": true, \"vocab\":"
                        + " {\"a\": 0, \"b\": 1, \"c\": 2, \"ab\": 3, \"abc\": 4}, \"merges\": " + merges + "}}");
    }

    /** The file as the usual converters write it: merges are all cuts of a piece into two pieces, in the pieces' order. */
    private static String sentencePieceJson(TokenizerData.Pieces pieces) {
        List<String> texts = pieces.pieces();
        StringBuilder vocabulary = new StringBuilder();
        List<String> merges = new ArrayList<>();
        for (int id = 0; id < texts.size(); id++) {
            String piece = texts.get(id);
            vocabulary
                    .append(id == 0 ? "" : ", ")
                    .append(quote(piece))
                    .append(": ")
                    .append(id);
            List<int[]> cuts = new ArrayList<>();
            for (int at = 1; pieces.kinds()[id] == 1 && at < piece.length(); at++) {
                int left = texts.indexOf(piece.substring(0, at));
                int right = texts.indexOf(piece.substring(at));
                if (left >= 0 && right >= 0) {
                    cuts.add(new int[] {left, right});
                }
            }
            cuts.sort(Comparator.<int[]>comparingInt(cut -> cut[0]).thenComparingInt(cut -> cut[1]));
            cuts.forEach(cut -> merges.add(quote(texts.get(cut[0]) + " " + texts.get(cut[1]))));
        }
        return "{\"added_tokens\": [{\"id\": 0, \"content\": \"<unk>\", \"special\": true}, {\"id\": 1, \"content\": \"<s>\","
                + " \"special\": true}, {\"id\": 2, \"content\": \"</s>\", \"special\": true}],"
                + " \"normalizer\": {\"type\": \"Sequence\", \"normalizers\": [{\"type\": \"Prepend\", \"prepend\": \"\u2581\"},"
                + " {\"type\": \"Replace\", \"pattern\": {\"String\": \" \"}, \"content\": \"\u2581\"}]},"
                + " \"pre_tokenizer\": null, \"post_processor\": {\"type\": \"TemplateProcessing\", \"single\":"
                + " [{\"SpecialToken\": {\"id\": \"<s>\"}}, {\"Sequence\": {\"id\": \"A\"}}]}, \"model\": {\"type\": \"BPE\","
                + " \"byte_fallback\": true, \"unk_token\": \"<unk>\", \"vocab\": {" + vocabulary + "}, \"merges\": "
                + merges
                + "}}";
    }

    private static String quote(String text) {
        return '"'
                + text.replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("\n", "\\n")
                        .replace("\t", "\\t")
                + '"';
    }

    private static TokenizerData.Pieces pieces() {
        try (Checkpoint checkpoint = Checkpoints.open(ReferenceFiles.ROOT.resolve("gguf/base-f16.gguf"))) {
            return (TokenizerData.Pieces) checkpoint.tokenizer();
        }
    }

    private static List<JsonObject> cases() {
        return JsonReader.readFile(ReferenceFiles.ROOT.resolve("tokenizer_cases.json"), 8 << 20).list("encode").stream()
                .map(JsonObject.class::cast)
                .toList();
    }

    private void copy(String name) throws Exception {
        Files.copy(ReferenceFiles.ROOT.resolve("hf-base").resolve(name), folder.resolve(name));
    }
}
