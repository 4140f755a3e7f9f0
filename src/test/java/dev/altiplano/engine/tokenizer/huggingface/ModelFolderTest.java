package dev.altiplano.engine.tokenizer.huggingface;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.tokenizer.Reference;
import dev.altiplano.engine.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Folders with a {@code tokenizer.model}: what the JSON files beside it say of tokens and spaces is done. */
final class ModelFolderTest {

    private static final int ADDED = 512;
    private static final Map<String, Object> LEGACY = Map.of("legacy", true);
    private static final Map<String, Object> ESCAPE =
            Map.of("type", "Replace", "pattern", Map.of("String", " "), "content", "\u2581");

    private static Tokenizer tokenizer(Map<String, Map<String, Object>> documents) {
        return HuggingFaceTokenizer.of(
                new HuggingFaceFiles(documents, Reference.FOLDER.resolve("tokenizer.model"), ADDED + 1));
    }

    /** A folder with settings and one token. */
    private static Tokenizer withToken(Map<String, Object> settings, int id, String text, Object... flags) {
        Map<String, Object> token = new LinkedHashMap<>(Map.of("content", text));
        for (int i = 0; i < flags.length; i += 2) {
            token.put((String) flags[i], flags[i + 1]);
        }
        Map<String, Object> config = new LinkedHashMap<>(settings);
        config.put("added_tokens_decoder", Map.of(String.valueOf(id), token));
        return tokenizer(Map.of(HuggingFaceFiles.TOKENIZER_CONFIG, config));
    }

    private static Tokenizer withRules(Map<String, Object> json) {
        return tokenizer(Map.of(HuggingFaceFiles.TOKENIZER, json));
    }

    private static int[] joined(int[]... parts) {
        return Arrays.stream(parts).flatMapToInt(IntStream::of).toArray();
    }

    private static int idOf(Tokenizer tokenizer, String piece) {
        return IntStream.range(0, ADDED)
                .filter(id -> tokenizer.piece(id).equals(piece))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aTokenIsCutOutOfTheTextAsItIs() {
        Tokenizer tokenizer = withToken(LEGACY, ADDED, "<|im_start|>", "normalized", false, "special", false);
        int[] the = tokenizer.encode("the");
        assertThat(tokenizer.encode("the<|im_start|>the")).isEqualTo(joined(the, new int[] {ADDED}, the));
        assertThat(tokenizer.encode("\n<|im_start|>the"))
                .isEqualTo(joined(tokenizer.encode("\n"), new int[] {ADDED}, the));
        assertThat(tokenizer.encode("<|im_start|>the")).isEqualTo(joined(new int[] {ADDED}, the));
    }

    @Test
    void aNormalizedTokenIsLookedForInTheRewrittenText() {
        Tokenizer tokenizer = withToken(LEGACY, ADDED, "<x>", "normalized", true, "special", false);
        assertThat(tokenizer.encode("the <x>")).isEqualTo(joined(tokenizer.encode("the"), new int[] {ADDED}));
        assertThat(tokenizer.encode("the<x>")).doesNotContain(ADDED);
        // Without a normalizer no text is rewritten.
        Tokenizer other = withToken(Map.of("legacy", false), ADDED, "<x>", "normalized", true, "special", false);
        assertThat(other.encode("the<x>")).isEqualTo(joined(other.encode("the"), new int[] {ADDED}));
        assertThat(other.encode("<x>")).containsExactly(ADDED);
    }

    @Test
    void aTokenSwallowsSpacesWhereItsFlagsSaySo() {
        Tokenizer tokenizer =
                withToken(LEGACY, ADDED, "<x>", "normalized", false, "special", true, "rstrip", true, "lstrip", true);
        int[] the = tokenizer.encode("the");
        assertThat(tokenizer.encodeParsed("the  <x> \n the")).isEqualTo(joined(the, new int[] {ADDED}, the));
        assertThat(tokenizer.encode("the<x>")).doesNotContain(ADDED);
    }

    @Test
    void aPieceOfTheFileThatTheFolderCallsSpecialIsNeverReadFromText() {
        Tokenizer plain = tokenizer(Map.of());
        int thing = idOf(plain, "thing");
        assertThat(plain.encode("anything")).contains(thing);
        Tokenizer tokenizer = withToken(LEGACY, thing, "thing", "special", true);
        assertThat(tokenizer.encode("anything")).doesNotContain(thing);
        assertThat(tokenizer.encodeParsed("anything")).endsWith(thing);
        assertThat(tokenizer.controlTokens()).containsEntry("thing", thing);
    }

    @Test
    void aPieceOfTheFileThatTheFolderListsIsCutOut() {
        int th = idOf(tokenizer(Map.of()), "th");
        Tokenizer tokenizer = withToken(LEGACY, th, "th", "normalized", false, "special", false);
        assertThat(tokenizer.encode("the")).isEqualTo(joined(new int[] {th}, tokenizer.encode("e")));
    }

    @Test
    void noSpaceIsPutInFrontWhereAFileSaysSo() {
        for (Tokenizer tokenizer : List.of(
                withRules(Map.of("pre_tokenizer", Map.of("type", "Metaspace", "prepend_scheme", "never"))),
                withRules(Map.of("normalizer", ESCAPE)),
                withRules(Map.of("normalizer", Map.of("type", "Sequence", "normalizers", List.of(ESCAPE)))),
                tokenizer(Map.of(HuggingFaceFiles.TOKENIZER_CONFIG, Map.of("add_prefix_space", false))))) {
            int[] ids = tokenizer.encode("the the");
            assertThat(tokenizer.piece(ids[0])).doesNotStartWith("\u2581");
            assertThat(tokenizer.piece(ids[ids.length - 1])).isEqualTo("\u2581the");
            assertThat(tokenizer.decode(tokenizer.encode(" the"))).isEqualTo(" the");
        }
    }

    @Test
    void settingsThatDoNotSaySoMeanASpaceBehindEveryToken() {
        String text = "the<s>the";
        assertThat(spacesIn(Map.of("tokenizer_class", "LlamaTokenizer"), text)).isEqualTo("the the");
        assertThat(spacesIn(LEGACY, text)).isEqualTo("the the");
        assertThat(spacesIn(Map.of("legacy", false), text)).isEqualTo("thethe");
        Tokenizer alone = tokenizer(Map.of());
        assertThat(alone.decode(alone.encodeParsed(text))).isEqualTo("thethe");
    }

    private static String spacesIn(Map<String, Object> settings, String text) {
        Tokenizer tokenizer = tokenizer(Map.of(HuggingFaceFiles.TOKENIZER_CONFIG, settings));
        return tokenizer.decode(tokenizer.encodeParsed(text));
    }

    /** What names an end in several files is one end. */
    @Test
    void eachEndIsNamedOnce() {
        Tokenizer tokenizer = tokenizer(Map.of(
                HuggingFaceFiles.GENERATION, Map.of("eos_token_id", List.of(2L, 2L, 40L, 40L)),
                HuggingFaceFiles.CONFIG, Map.of("eos_token_id", 2L)));
        assertThat(tokenizer.ends()).extracting(end -> end.id()).containsExactly(2, 40);
        assertThat(tokenizer.ends().getFirst().namedIn()).startsWith(HuggingFaceFiles.GENERATION);
    }

    /** As chat models list the end of a turn first, and the end of a text behind it. */
    @Test
    void theTokenizersOwnEndIsTheFirst() {
        Map<String, Object> generation = Map.of("eos_token_id", List.of(40L, 2L));
        Tokenizer tokenizer = tokenizer(Map.of(
                HuggingFaceFiles.GENERATION,
                generation,
                HuggingFaceFiles.SPECIAL_TOKENS,
                Map.of("eos_token", Map.of("content", "</s>"))));
        assertThat(tokenizer.eos()).isEqualTo(2);
        assertThat(tokenizer.ends()).extracting(end -> end.id()).containsExactly(2, 40);
        for (Map<String, Object> settings : List.<Map<String, Object>>of(Map.of(), Map.of("eos_token", "<none>"))) {
            Tokenizer other = tokenizer(
                    Map.of(HuggingFaceFiles.GENERATION, generation, HuggingFaceFiles.TOKENIZER_CONFIG, settings));
            assertThat(other.eos()).isEqualTo(40);
            assertThat(other.isEnd(2)).isTrue();
        }
    }
}
