package dev.altiplano.engine.checkpoint.huggingface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.ReferenceFiles;
import dev.altiplano.engine.checkpoint.TokenizerData;
import dev.altiplano.engine.checkpoint.content.JsonObject;
import dev.altiplano.engine.checkpoint.content.JsonReader;
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
            assertThat(fromJson.prefixIds()).containsExactly(1);
            assertThat(fromJson.ends()).extracting(end -> end.id()).containsExactly(2);
        }
    }

    @Test
    void readsLlama3sTokenizer() throws Exception {
        copy("model.safetensors");
        byteLevel(LLAMA3, "[\"a b\", [\"ab\", \"c\"]]");
        Tokenizer tokenizer = tokenizer();
        assertThat(tokenizer.encode("ab abc c")).containsExactly(259, ' ', 260, ' ', 'c');
        assertThat(tokenizer.encode("<|begin|>")).doesNotContain(261);
        assertThat(tokenizer.encodeParsed("<|begin|>a<|eot|>")).containsExactly(261, 'a', 263);
        assertThat(tokenizer.prefixIds()).containsExactly(261);
        assertThat(tokenizer.ends()).extracting(end -> end.id()).containsExactly(262, 263);
        assertThat(tokenizer.controlTokens()).containsOnlyKeys("<|begin|>", "<|end|>", "<|eot|>");
    }

    @Test
    void refusesWhatItDoesNotDo() throws Exception {
        copy("model.safetensors");
        byteLevel("{\"type\": \"UnicodeScripts\"}", "[]");
        assertThatThrownBy(this::tokenizer)
                .hasMessageContaining("tokenizer.json: pre_tokenizer: a pre-tokenizer of type UnicodeScripts");
        byteLevel(LLAMA3, "[\"a\"]");
        assertThatThrownBy(this::tokenizer).hasMessageContaining("merge 0 'a' is not two tokens");
        byteLevel(LLAMA3, "[3]");
        assertThatThrownBy(this::tokenizer).hasMessageContaining("tokenizer.json: model: merges holds something");
        byteLevel(LLAMA3, "[]");
        Path json = folder.resolve("tokenizer.json");
        String good = Files.readString(json);
        Files.writeString(json, good.replace("\"normalizer\": null", "\"normalizer\": {\"type\": \"Precompiled\"}"));
        assertThatThrownBy(this::tokenizer).hasMessageContaining("a normalizer of type Precompiled is not supported");
        Files.writeString(json, good.replace("\"type\": \"BPE\"", "\"type\": \"Unigram\""));
        assertThatThrownBy(this::tokenizer).hasMessageContaining("its type is Unigram; only BPE is supported");
    }

    private Tokenizer tokenizer() {
        try (Checkpoint checkpoint = Checkpoints.open(folder)) {
            return CheckpointTokenizer.of(checkpoint.tokenizer());
        }
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
                config.replaceFirst("\"bos_token_id\": \\d+", "\"bos_token_id\": 261")
                        .replaceFirst("\"eos_token_id\": \\d+", "\"eos_token_id\": [262, 263]"));
        Files.writeString(
                folder.resolve("tokenizer.json"),
                "{\"version\": \"1.0\", \"added_tokens\": [{\"id\": 261, \"content\": \"<|begin|>\", \"special\": true},"
                        + " {\"id\": 262, \"content\": \"<|end|>\", \"special\": true},"
                        + " {\"id\": 263, \"content\": \"<|eot|>\", \"special\": false}], \"normalizer\": null,"
                        + " \"pre_tokenizer\": " + preTokenizer + ", \"post_processor\": {\"type\": \"Sequence\","
                        + " \"processors\": [{\"type\": \"ByteLevel\"}, {\"type\": \"TemplateProcessing\", \"single\":"
                        + " [{\"SpecialToken\": {\"id\": \"<|begin|>\"}}, {\"Sequence\": {\"id\": \"A\"}}],"
                        + " \"special_tokens\": {\"<|begin|>\": {\"ids\": [261]}}}]},"
                        + " \"model\": {\"type\": \"BPE\", \"ignore_merges\": true, \"vocab\":"
                        + " {" + byteTokens() + ", \"ab\": 259, \"abc\": 260}, \"merges\": " + merges + "}}");
    }

    /** The 256 bytes in GPT-2's alphabet, each with its own number as its id. */
    private static String byteTokens() {
        List<String> entries = new ArrayList<>();
        int moved = 256;
        for (int octet = 0; octet < 256; octet++) {
            boolean visible = (octet > ' ' && octet < 0x7F) || (octet > 0xA0 && octet != 0xAD);
            entries.add(quote(String.valueOf((char) (visible ? octet : moved++))) + ": " + octet);
        }
        return String.join(", ", entries);
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
                + " [{\"SpecialToken\": {\"id\": \"<s>\"}}, {\"Sequence\": {\"id\": \"A\"}}],"
                + " \"special_tokens\": {\"<s>\": {\"ids\": [1]}}}, \"model\": {\"type\": \"BPE\","
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
