package dev.altiplano.engine.tokenizer.huggingface;

import dev.altiplano.engine.tokenizer.meta.Tokenizers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a folder holds for its tokenizer.
 *
 * @param documents contents of the JSON files by file name; objects are maps, other values lists, strings, longs, doubles,
 *     booleans and null
 * @param model {@code tokenizer.model}, or null if there is none, or one of Llama 3's form beside a {@code tokenizer.json}, which
 *     says all that it does, and more
 * @param embeddings how many tokens the model has an embedding for
 */
public record HuggingFaceFiles(
        Map<String, Map<String, Object>> documents,
        @Nullable Path model,
        int embeddings) {

    /** Where {@code tekken.json} is all that there is, it stands for a {@code tokenizer.json}; throws where it is wrong. */
    public HuggingFaceFiles {
        model = model != null && documents.containsKey(TOKENIZER) && Tokenizers.hasRanks(model) ? null : model;
        documents = model == null ? Tekken.translated(documents) : documents;
    }

    static final String TOKENIZER = "tokenizer.json";
    static final String TOKENIZER_CONFIG = "tokenizer_config.json";
    static final String SPECIAL_TOKENS = "special_tokens_map.json";
    static final String ADDED_TOKENS = "added_tokens.json";
    static final String CONFIG = "config.json";
    static final String GENERATION = "generation_config.json";

    /** The content of a file, or an empty object if it is not there. */
    Tree document(String name) {
        return new Tree(name, documents.getOrDefault(name, Map.of()));
    }

    /** The texts of the tokens that {@code documents} name, by key: {@code unk_token}, {@code pad_token}, … */
    public static Map<String, String> namedTokens(Map<String, Map<String, Object>> documents) {
        Map<String, String> named = new TreeMap<>();
        for (String name : List.of(SPECIAL_TOKENS, TOKENIZER_CONFIG)) {
            named.putAll(SpecialToken.all(documents.getOrDefault(name, Map.of())));
        }
        return named;
    }

    /** The version that a {@code tekken.json} among {@code documents} says of itself ({@code v11} is 11), or 0. */
    public static int tekkenVersion(Map<String, Map<String, Object>> documents) {
        return Tekken.version(documents);
    }

    boolean has(String name) {
        return documents.containsKey(name);
    }
}
