package dev.altiplano.engine.checkpoint.gguf;

import dev.altiplano.engine.checkpoint.CheckpointException;
import dev.altiplano.engine.checkpoint.JsonObject;
import dev.altiplano.engine.checkpoint.TokenizerData;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The tokenizer inside a GGUF file: SentencePiece pieces ({@code llama}) or byte-level BPE ({@code gpt2}). */
final class GgufTokenizer {

    static final int MAX_TOKENS = 1 << 18;
    private static final int MAX_MERGES = 1 << 20;
    private static final int CONTROL = 3;
    /** Names of Llama 3's splitting rule, whose models begin with BOS unless they say otherwise. */
    private static final Set<String> LLAMA3 = Set.of("llama-bpe", "llama3", "llama-v3");
    /** Control tokens of Llama 3 that end a turn or a message, for files that do not name their ids. */
    private static final Set<String> ENDS = Set.of("<|eot_id|>", "<|eom_id|>", "<|end_of_text|>");

    private final GgufMetadata keys;
    private final List<String> tokens;

    private GgufTokenizer(GgufMetadata keys) {
        this.keys = keys;
        this.tokens = keys.texts("tokenizer.ggml.tokens", MAX_TOKENS);
    }

    static TokenizerData read(GgufMetadata keys) {
        GgufTokenizer tokenizer = new GgufTokenizer(keys);
        String model = keys.text("tokenizer.ggml.model");
        return switch (model) {
            case "llama" -> tokenizer.pieces();
            case "gpt2" -> tokenizer.merges();
            default ->
                throw new CheckpointException(
                        keys.file(),
                        "tokenizer.ggml.model is \"" + JsonObject.shorten(model)
                                + "\"; \"llama\" and \"gpt2\" are supported");
        };
    }

    private TokenizerData pieces() {
        float[] scores = keys.floats("tokenizer.ggml.scores", MAX_TOKENS);
        if (scores.length != tokens.size()) {
            throw new CheckpointException(
                    keys.file(),
                    "tokenizer.ggml.scores has " + scores.length + " items, tokenizer.ggml.tokens " + tokens.size());
        }
        return new TokenizerData.Pieces(
                tokens,
                scores,
                kinds(),
                id("bos", 1),
                id("eos", 2),
                id("unknown", 0),
                keys.flag("tokenizer.ggml.add_bos_token", true),
                keys.flag("tokenizer.ggml.add_space_prefix", true));
    }

    private TokenizerData merges() {
        int[] kinds = kinds();
        int eos = id("eos", -1);
        String rule = keys.has("tokenizer.ggml.pre") ? keys.text("tokenizer.ggml.pre") : "gpt-2";
        return new TokenizerData.Merges(
                tokens,
                kinds,
                keys.texts("tokenizer.ggml.merges", MAX_MERGES),
                rule,
                id("bos", -1),
                eos,
                ends(kinds, eos),
                keys.flag("tokenizer.ggml.add_bos_token", LLAMA3.contains(rule)));
    }

    private int[] kinds() {
        int[] kinds = keys.integers("tokenizer.ggml.token_type", MAX_TOKENS);
        if (kinds.length != tokens.size()) {
            throw new CheckpointException(
                    keys.file(),
                    "tokenizer.ggml.token_type has " + kinds.length + " items, tokenizer.ggml.tokens " + tokens.size());
        }
        for (int id = 0; id < kinds.length; id++) {
            if (kinds[id] < 1 || kinds[id] > 6) {
                throw new CheckpointException(
                        keys.file(), "tokenizer.ggml.token_type gives token " + id + " the unknown type " + kinds[id]);
            }
        }
        return kinds;
    }

    private int[] ends(int[] kinds, int eos) {
        List<Integer> ends = new ArrayList<>();
        for (String key : List.of("eot", "eom")) {
            if (keys.has(key(key))) {
                ends.add(id(key, -1));
            }
        }
        for (int id = 0; id < kinds.length; id++) {
            if (kinds[id] == CONTROL && ENDS.contains(tokens.get(id))) {
                ends.add(id);
            }
        }
        return ends.stream()
                .mapToInt(Integer::intValue)
                .distinct()
                .filter(id -> id != eos)
                .toArray();
    }

    /** The id under {@code tokenizer.ggml.<name>_token_id}, which must be one of the vocabulary. */
    private int id(String name, int fallback) {
        return (int)
                (fallback < tokens.size()
                        ? keys.integer(key(name), 0, tokens.size() - 1L, fallback)
                        : keys.integer(key(name), 0, tokens.size() - 1L));
    }

    private static String key(String name) {
        return "tokenizer.ggml." + name + "_token_id";
    }
}
