package dev.altiplano.engine.tokenizer.huggingface;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.tokenizer.Tokenizer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Small files against what Hugging Face's tokenizers library makes of the same ones. */
final class TokenizerJsonTest {

    private static final Map<String, Object> SPACES = Map.of("type", "WhitespaceSplit");

    /** {@code a} to {@code e}, a replacement for all other characters, and an added token. */
    private static Tokenizer letters(Map<String, Object> preTokenizer, Map<String, Object> added) {
        Map<String, Object> vocabulary = new LinkedHashMap<>();
        for (String token : List.of("<unk>", "a", "b", "c", "d", "e")) {
            vocabulary.put(token, (long) vocabulary.size());
        }
        Map<String, Object> model = Map.of(
                "type",
                "BPE",
                "vocab",
                vocabulary,
                "merges",
                List.of(),
                "unk_token",
                "<unk>",
                "fuse_unk",
                true,
                "byte_fallback",
                false);
        return tokenizer(
                Map.of("model", model, "pre_tokenizer", preTokenizer, "added_tokens", List.of(added)), Map.of(), 7);
    }

    private static Map<String, Object> added(String flag) {
        return Map.of("id", 6L, "content", "<x>", "special", false, "normalized", false, flag, true);
    }

    private static Tokenizer tokenizer(Map<String, Object> json, Map<String, Object> config, int embeddings) {
        return HuggingFaceTokenizer.of(new HuggingFaceFiles(
                Map.of(HuggingFaceFiles.TOKENIZER, json, HuggingFaceFiles.CONFIG, config), null, embeddings));
    }

    @Test
    void unknownCharactersAreFusedInsideAPieceOnly() {
        Tokenizer tokenizer = letters(SPACES, added("lstrip"));
        assertThat(tokenizer.encode("aXYb")).containsExactly(1, 0, 2);
        assertThat(tokenizer.encode("aX Yb")).containsExactly(1, 0, 0, 2);
        assertThat(tokenizer.encode("XY ZX")).containsExactly(0, 0);
    }

    @Test
    void aSingleWordStandsBetweenCharactersThatAreNoLetters() {
        Tokenizer tokenizer = letters(SPACES, added("single_word"));
        assertThat(tokenizer.encode("a <x>.b")).containsExactly(1, 6, 0, 2);
        for (String letter : List.of("a", "\u2160", "\u24D0", "\u0301", "\u203F", "\u0663", "\u200D")) {
            assertThat(tokenizer.encode("<x>" + letter))
                    .as("U+%04X", letter.codePointAt(0))
                    .doesNotContain(6);
        }
        assertThat(tokenizer.encode("<x>\u00BD")).containsExactly(6, 0);
    }

    @Test
    void joinersBelongToWords() {
        Tokenizer tokenizer = letters(Map.of("type", "Whitespace"), added("lstrip"));
        assertThat(tokenizer.encode("X\u200DY")).containsExactly(0);
        assertThat(tokenizer.encode("X\u200BY")).containsExactly(0, 0, 0);
    }

    /** As configurations have it that keep LLaMA's ids beside another vocabulary. */
    @Test
    void aByteThatTheConfigurationCallsTheEndCanBeWritten() {
        Map<String, Object> vocabulary = new LinkedHashMap<>();
        for (int octet = 33; octet < 127; octet++) {
            vocabulary.put(String.valueOf((char) octet), (long) vocabulary.size());
        }
        int next = 256;
        for (int octet = 0; octet < 256; octet++) {
            boolean visible = (octet >= 161 && octet != 173) || (octet > 32 && octet < 127);
            vocabulary.putIfAbsent(String.valueOf((char) (visible ? octet : next++)), (long) vocabulary.size());
        }
        Map<String, Object> model = Map.of("type", "BPE", "vocab", vocabulary, "merges", List.of());
        Tokenizer tokenizer = tokenizer(
                Map.of("model", model, "pre_tokenizer", Map.of("type", "ByteLevel", "add_prefix_space", false)),
                Map.of("bos_token_id", 1L, "eos_token_id", 2L),
                256);
        assertThat(tokenizer.encode("#\"a")).containsExactly(2, 1, 64);
        assertThat(tokenizer.decode(new int[] {2, 1, 64})).isEqualTo("#\"a");
        assertThat(tokenizer.isEnd(2)).isTrue();
    }
}
