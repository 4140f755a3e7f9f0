package dev.altiplano.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.load.CheckpointTokenizer;
import dev.altiplano.engine.load.Checkpoints;
import dev.altiplano.engine.tokenizer.sentencepiece.SentencePieceTokenizer;
import dev.altiplano.engine.tokenizer.vocabulary.AddedToken;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** The tokenizers of the family's files against Hugging Face's library and llama.cpp, as they come out of the opened model. */
class FamilyTokenizersTest {

    private static final Path FAMILIES = Reference.FOLDER.resolve("families");
    private static final JsonNode EXPECTED = Reference.json("families/tokenizers-expected.json");

    static Stream<String> names(String section) {
        return EXPECTED.get(section).properties().stream().map(Map.Entry::getKey);
    }

    static Stream<String> tokenizers() {
        return names("tokenizers");
    }

    static Stream<String> ends() {
        return names("ends");
    }

    private static Tokenizer open(String path) {
        try (Checkpoint checkpoint = Checkpoints.open(FAMILIES.resolve(path))) {
            return CheckpointTokenizer.of(checkpoint.tokenizer());
        }
    }

    @ParameterizedTest
    @MethodSource("tokenizers")
    void encodesAsTheReferenceDoes(String name) {
        JsonNode expected = EXPECTED.get("tokenizers").get(name);
        Tokenizer tokenizer = open(expected.get("file").asString());
        for (JsonNode test : expected.get("encode")) {
            String text = test.get("text").asString();
            assertThat(tokenizer.encode(text)).as("'%s'", text).containsExactly(Reference.ints(test.get("ids")));
        }
        assertThat(tokenizer.prefixIds()).isEqualTo(list(Reference.ints(expected.get("prefix"))));
        assertThat(tokenizer.suffixIds()).isEmpty();
    }

    private static List<Integer> list(int[] ids) {
        return Arrays.stream(ids).boxed().toList();
    }

    @ParameterizedTest
    @MethodSource("tokenizers")
    void decodesWhatItEncodes(String name) {
        Tokenizer tokenizer =
                open(EXPECTED.get("tokenizers").get(name).get("file").asString());
        for (String text :
                List.of("hello world", "a b", "x", "1 22 333", "\u65E5\u672C ab", "\uD83D\uDE42 ok", "a\nb")) {
            assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
        }
    }

    @ParameterizedTest
    @MethodSource("ends")
    void knowsTheEnds(String name) {
        JsonNode expected = EXPECTED.get("ends").get(name);
        Tokenizer tokenizer = open(expected.get("file").asString());
        for (int id : Reference.ints(expected.get("ids"))) {
            assertThat(tokenizer.isEnd(id)).as("id %d", id).isFalse();
        }
        if (!expected.get("end").isNull()) {
            int end = expected.get("end").intValue();
            assertThat(tokenizer.isEnd(end)).isTrue();
            assertThat(tokenizer.ends()).anySatisfy(named -> {
                assertThat(named.id()).isEqualTo(end);
                assertThat(named.namedIn()).isNotEmpty();
            });
        }
        assertThat(tokenizer.ends().getFirst().id()).isEqualTo(tokenizer.eos());
        assertThat(tokenizer.ends()).extracting(EndToken::id).doesNotHaveDuplicates();
    }

    @Test
    void idsWithoutATokenAreKnown() {
        for (String folder : List.of("vocab/vocab-padded", "vocab/vocab-padded-json")) {
            Tokenizer padded = open(folder);
            assertThat(padded.vocabularySize()).isEqualTo(600);
            assertThat(padded.hasToken(558)).isTrue();
            assertThat(padded.hasToken(559)).isFalse();
            assertThat(padded.hasToken(600)).isFalse();
            assertThat(padded.decode(new int[] {559, 599})).isEmpty();
        }
        Tokenizer gap = open("tokenizers/bpe-gap");
        assertThat(gap.hasToken(563)).isFalse();
        assertThat(gap.hasToken(568)).isTrue();
        assertThat(gap.piece(568)).isEqualTo("<x>");
    }

    @Test
    void aTokenBeyondTheEmbeddingsIsNoToken() {
        Tokenizer tokenizer = open("vocab/pad-beyond-vocab");
        assertThat(tokenizer.vocabularySize()).isEqualTo(559);
        assertThat(tokenizer.controlTokens()).doesNotContainKey("<pad>");
        assertThat(tokenizer.encodeParsed("a<pad>")).doesNotContain(559).hasSizeGreaterThan(3);
    }

    @Test
    void tokensBesideAModelFileAreTokens() {
        Tokenizer tokenizer = open("vocab/added_tokens");
        assertThat(tokenizer.controlTokens()).containsEntry("<|im_start|>", 559).containsEntry("<|im_end|>", 560);
        assertThat(tokenizer.piece(559)).isEqualTo("<|im_start|>");
        assertThat(tokenizer.encode("<|im_start|>")).doesNotContain(559);
        assertThat(tokenizer.encodeParsed("<|im_start|>x<|im_end|>"))
                .startsWith(559)
                .endsWith(560);
        assertThat(tokenizer.decode(new int[] {559, 560})).isEmpty();
    }

    @Test
    void controlTokensAreParsedWhereTheyMayBeAlone() {
        Tokenizer tokenizer = open("tokenizers/llama3");
        int bos = tokenizer.controlTokens().get("<|begin_of_text|>");
        int turn = tokenizer.controlTokens().get("<|eot_id|>");
        assertThat(tokenizer.encode("<|eot_id|>")).doesNotContain(turn);
        assertThat(tokenizer.encode(List.of(
                        new TextPart("<|begin_of_text|>", true),
                        new TextPart("a<|eot_id|>", false),
                        new TextPart("<|eot_", true),
                        new TextPart("id|>", true),
                        new TextPart("<|eot_", true),
                        new TextPart("id|>", false))))
                .startsWith(bos)
                .satisfies(ids -> assertThat(
                                Arrays.stream(ids).filter(id -> id == turn).count())
                        .isEqualTo(1));
        // Merging goes across the borders of parts.
        assertThat(tokenizer.encode(List.of(new TextPart("hel", true), new TextPart("lo world", false))))
                .isEqualTo(tokenizer.encode("hello world"));
    }

    @Test
    void aContinuationBeginsWithoutASpace() {
        for (String folder : List.of(
                "tokenizers/llama",
                "tokenizers/metaspace-first",
                "tokenizers/metaspace-always",
                "tokenizers/gguf-no-bos.gguf",
                "vocab/vocab-padded")) {
            Tokenizer tokenizer = open(folder);
            String first = tokenizer.piece(tokenizer.encodeContinuation("hello")[0]);
            assertThat(first).as(folder).doesNotStartWith("\u2581");
            assertThat(tokenizer.piece(tokenizer.encode("hello")[0])).startsWith("\u2581");
        }
    }

    /** A token of many letters costs a text of such letters no more than one of few. */
    @Test
    void aLongUserDefinedTokenCostsNoTime() {
        List<String> pieces = List.of("<unk>", "a", "\u2581", "a".repeat(AddedToken.LONGEST_TEXT));
        SentencePieceTokenizer tokenizer =
                SentencePieceTokenizer.of(pieces, new float[4], new int[] {2, 1, 1, 4}, -1, -1, 0, false, false);
        String text = "a".repeat(4 * AddedToken.LONGEST_TEXT + 3);
        assertThat(tokenizer.encode(text)).startsWith(3, 3, 3, 3).hasSize(7);
        assertThat(tokenizer.encode("a".repeat(AddedToken.LONGEST_TEXT - 1) + "b"))
                .hasSize(AddedToken.LONGEST_TEXT);
    }
}
