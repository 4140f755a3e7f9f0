package dev.altiplano.tool.convert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.TokenizerData;
import dev.altiplano.engine.load.CheckpointTokenizer;
import dev.altiplano.engine.load.Checkpoints;
import dev.altiplano.engine.tokenizer.Tokenizer;
import dev.altiplano.tool.Commands;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedVocabularyTest {

    private static final String TEXT =
            "The theatre, there: 2023's  weather\n\n\twas \u00e9t\u00e9 \ud83d\ude00 <|eot_id|>";

    @Test
    void aSentencePieceVocabularyEncodesAsItsFile() {
        TokenizerData.ModelFile file =
                new TokenizerData.ModelFile(Path.of("src/test/resources/reference/tokenizer.model"));
        assertSame(CheckpointTokenizer.of(file), CheckpointTokenizer.of(EmbeddedVocabulary.of(file)));
    }

    /** Meta's files have no place for a chat template: it lies beside them, and goes into a GGUF file. */
    @Test
    void aChatTemplateBesideMetasFilesIsKept() {
        try (Checkpoint checkpoint = Checkpoints.open(Path.of("src/main/resources/model/demo-instruct"))) {
            TokenizerData embedded = EmbeddedVocabulary.of(checkpoint.tokenizer());
            assertThat(embedded.chatTemplates())
                    .isEqualTo(checkpoint.tokenizer().chatTemplates())
                    .singleElement()
                    .satisfies(template -> assertThat(template.text()).contains("[INST]"));
        }
    }

    @Test
    void ranksEncodeAsTheirFile(@TempDir Path folder) throws Exception {
        StringBuilder ranks = new StringBuilder();
        int rank = 0;
        for (int octet = 0; octet < 256; octet++) {
            ranks.append(line(new byte[] {(byte) octet}, rank++));
        }
        for (String token : new String[] {
            "th", "he", "the", " the", "re", "er", "ea", " w", "at", "Th", "there", "20", "202", "\n\n"
        }) {
            ranks.append(line(token.getBytes(StandardCharsets.UTF_8), rank++));
        }
        Path file = Files.writeString(folder.resolve("tokenizer.model"), ranks);
        TokenizerData.ModelFile data = new TokenizerData.ModelFile(file);
        TokenizerData.Merges merges = (TokenizerData.Merges) EmbeddedVocabulary.of(data);
        assertThat(merges.merges()).startsWith("t h", "h e", "t he", "th e", "\u0120 the");
        assertThat(merges.ends()).hasSize(3);
        assertSame(CheckpointTokenizer.of(data), CheckpointTokenizer.of(merges));
    }

    @Test
    void huggingFacesFilesEncodeAsTheirFolders() {
        for (String name : List.of("llama", "metaspace-first", "spm-gap", "llama3", "bpe-gap")) {
            Path folder = Path.of("src/test/resources/reference/families/tokenizers", name);
            try (Checkpoint checkpoint = Checkpoints.open(folder)) {
                TokenizerData embedded = EmbeddedVocabulary.of(checkpoint.tokenizer());
                Tokenizer expected = CheckpointTokenizer.of(checkpoint.tokenizer());
                Tokenizer actual = CheckpointTokenizer.of(embedded);
                for (String text : List.of("hello world", "two  spaces", "1 22 333", "it's", "a\n\nb\n")) {
                    assertThat(actual.encode(text)).as(name).isEqualTo(expected.encode(text));
                }
                assertThat(actual.prefixIds()).as(name).isEqualTo(expected.prefixIds());
            }
        }
    }

    /** Text between tokens gets a space in front, or does not, as the folder's tokenizer.json says that it does. */
    @Test
    void aModelFileKeepsWhereItsSpaceGoes(@TempDir Path folder) throws Exception {
        Path hf = Path.of("src/test/resources/reference/hf-base");
        for (String name : List.of("config.json", "model.safetensors", "tokenizer.model")) {
            Files.copy(hf.resolve(name), folder.resolve(name));
        }
        assertSpaces(folder, false);
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"legacy\": true}");
        assertSpaces(folder, true);
        Files.delete(folder.resolve("tokenizer_config.json"));
        Files.writeString(
                folder.resolve("tokenizer.json"), "{\"normalizer\": {\"type\": \"Prepend\", \"prepend\": \"\u2581\"}}");
        assertSpaces(folder, true);
        Files.writeString(
                folder.resolve("tokenizer.json"),
                "{\"pre_tokenizer\": {\"type\": \"Metaspace\", \"prepend_scheme\": \"first\"}}");
        assertSpaces(folder, false);
    }

    /** Tokens that the folder lists are cut out of the same text, with the same spaces around them, from a merged file. */
    @Test
    void aModelFileKeepsHowTokensAreCutOut(@TempDir Path folder) throws Exception {
        Path hf = Path.of("src/test/resources/reference/hf-base");
        Path model = Files.createDirectory(folder.resolve("model"));
        for (String name : List.of("config.json", "model.safetensors", "tokenizer.model")) {
            Files.copy(hf.resolve(name), model.resolve(name));
        }
        for (String settings : List.of("\"legacy\": true", "\"legacy\": false", "\"add_prefix_space\": false")) {
            Files.writeString(
                    model.resolve("tokenizer_config.json"),
                    "{" + settings + ", \"added_tokens_decoder\": {"
                            + token(303, "thing", "\"normalized\": false, \"rstrip\": true") + ", "
                            + token(284, "ter", "\"normalized\": true") + ", "
                            + token(276, "ing", "\"special\": true, \"lstrip\": true") + "}}");
            Path merged = folder.resolve("merged.gguf");
            Files.deleteIfExists(merged);
            StringWriter err = new StringWriter();
            Commands.run(
                    new PrintWriter(new StringWriter()),
                    new PrintWriter(err),
                    "merge",
                    model.toString(),
                    merged.toString());
            assertThat(err.toString()).isEmpty();
            try (Checkpoint before = Checkpoints.open(model);
                    Checkpoint after = Checkpoints.open(merged)) {
                Tokenizer expected = CheckpointTokenizer.of(before.tokenizer());
                Tokenizer actual = CheckpointTokenizer.of(after.tokenizer());
                assertThat(expected.encode("thing  the")).startsWith(303);
                for (String text :
                        List.of("the thing  the", "thing the", "thething", "a ter b", "ater", "be ing", TEXT)) {
                    assertThat(actual.encode(text)).as(text).isEqualTo(expected.encode(text));
                    assertThat(actual.encodeParsed(text)).as(text).isEqualTo(expected.encodeParsed(text));
                    assertThat(actual.decode(actual.encode(text)))
                            .as(text)
                            .isEqualTo(expected.decode(expected.encode(text)));
                }
                assertThat(actual.controlTokens()).isEqualTo(expected.controlTokens());
            }
        }
    }

    /** As Llama 3's folders have it where somebody put Meta's file beside the others. */
    @Test
    void ranksBesideATokenizerJsonChangeNothing(@TempDir Path folder) throws Exception {
        Path base = Path.of("src/test/resources/reference/families/tokenizers/llama3");
        for (String name : List.of("config.json", "model.safetensors", "tokenizer.json")) {
            Files.copy(base.resolve(name), folder.resolve(name));
        }
        StringBuilder ranks = new StringBuilder();
        for (int octet = 0; octet < 256; octet++) {
            ranks.append(line(new byte[] {(byte) octet}, octet));
        }
        try (Checkpoint alone = Checkpoints.open(folder)) {
            Files.writeString(folder.resolve("tokenizer.model"), ranks);
            try (Checkpoint both = Checkpoints.open(folder)) {
                Tokenizer expected = CheckpointTokenizer.of(alone.tokenizer());
                assertSame(expected, CheckpointTokenizer.of(both.tokenizer()));
                assertSame(expected, CheckpointTokenizer.of(EmbeddedVocabulary.of(both.tokenizer())));
            }
        }
    }

    private static String token(int id, String text, String flags) {
        return "\"" + id + "\": {\"content\": \"" + text + "\", " + flags + "}";
    }

    private static void assertSpaces(Path folder, boolean behindTokens) {
        try (Checkpoint checkpoint = Checkpoints.open(folder)) {
            Tokenizer tokenizer = CheckpointTokenizer.of(checkpoint.tokenizer());
            assertThat(tokenizer.decode(tokenizer.encodeParsed("the<s>the")))
                    .isEqualTo(behindTokens ? "the the" : "thethe");
            Tokenizer embedded = CheckpointTokenizer.of(EmbeddedVocabulary.of(checkpoint.tokenizer()));
            for (String text : List.of("the<s>the", "<s> the", TEXT)) {
                assertThat(embedded.encodeParsed(text)).isEqualTo(tokenizer.encodeParsed(text));
            }
        }
    }

    private static String line(byte[] token, int rank) {
        return Base64.getEncoder().encodeToString(token) + " " + rank + "\n";
    }

    private static void assertSame(Tokenizer expected, Tokenizer actual) {
        assertThat(actual.vocabularySize()).isEqualTo(expected.vocabularySize());
        assertThat(actual.bos()).isEqualTo(expected.bos());
        assertThat(actual.eos()).isEqualTo(expected.eos());
        assertThat(actual.addsBos()).isEqualTo(expected.addsBos());
        assertThat(actual.encode(TEXT)).isEqualTo(expected.encode(TEXT));
        assertThat(actual.decode(expected.encode(TEXT))).isEqualTo(TEXT);
        for (int id = 0; id < expected.vocabularySize(); id++) {
            assertThat(actual.isEnd(id)).isEqualTo(expected.isEnd(id));
            assertThat(actual.piece(id)).isEqualTo(expected.piece(id));
        }
    }
}
