package dev.altiplano.engine.tokenizer.huggingface;

import dev.altiplano.engine.tokenizer.TokenizerException;
import dev.altiplano.engine.tokenizer.vocabulary.AddedToken;
import java.util.List;
import java.util.Map;

/**
 * The added tokens of a folder with a {@code tokenizer.model} as a GGUF file keeps them, in the words of {@code tokenizer.json}:
 * GGUF's kinds do not say in which text a token is looked for, nor what it swallows.
 */
public final class GgufAddedTokens {

    private static final String KEY = "added_tokens";

    private GgufAddedTokens() {}

    /** What is to be kept of {@code listed}; empty where the kinds say it all. */
    public static Map<String, Object> write(List<AddedToken> listed) {
        List<Map<String, Object>> kept = listed.stream()
                .filter(token -> !token.control() || token.stripsLeft() || token.stripsRight() || token.singleWord())
                .map(StoredRules::token)
                .toList();
        return kept.isEmpty() ? Map.of() : Map.of(KEY, kept);
    }

    /** What {@link #write} kept, of a vocabulary of {@code size} tokens. Throws {@link TokenizerException} naming the key of what is wrong. */
    public static List<AddedToken> read(Map<String, Object> kept, int size) {
        return AddedTokenReader.read(new HuggingFaceFiles(Map.of(HuggingFaceFiles.TOKENIZER, kept), null, size));
    }
}
