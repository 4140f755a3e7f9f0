package dev.altiplano.engine.checkpoint.gguf;

import dev.altiplano.engine.checkpoint.ChatTemplateSource;
import dev.altiplano.engine.checkpoint.EndToken;
import dev.altiplano.engine.checkpoint.TokenizerData;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.content.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** The tokenizer inside a GGUF file: SentencePiece pieces ({@code llama}) or byte-level BPE ({@code gpt2}). */
final class GgufTokenizer {

    static final int MAX_TOKENS = 1 << 18;
    private static final int MAX_MERGES = 1 << 20;
    /** Ours: where a tokenizer.json puts a space in front, which no key of ggml says. */
    static final String METASPACE = "altiplano.tokenizer.metaspace";

    private static final String CHAT_TEMPLATE = "tokenizer.chat_template";

    private final GgufMetadata keys;
    private final List<String> tokens;

    private GgufTokenizer(GgufMetadata keys) {
        this.keys = keys;
        this.tokens = keys.texts("tokenizer.ggml.tokens", MAX_TOKENS);
    }

    static TokenizerData read(GgufMetadata keys, List<String> notes) {
        GgufTokenizer tokenizer = new GgufTokenizer(keys);
        String model = keys.text("tokenizer.ggml.model");
        return switch (model) {
            case "llama" -> tokenizer.pieces();
            case "gpt2" -> tokenizer.merges(notes);
            default ->
                throw new CheckpointException(
                        keys.file(),
                        "tokenizer.ggml.model is \"" + JsonObject.shorten(model)
                                + "\"; \"llama\" (SentencePiece BPE) and \"gpt2\" (byte-level BPE) are supported");
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
                keys.flag("tokenizer.ggml.add_eos_token", false),
                keys.flag("tokenizer.ggml.add_space_prefix", true),
                keys.has(METASPACE) ? keys.text(METASPACE) : "",
                ends(),
                chatTemplates());
    }

    private TokenizerData merges(List<String> notes) {
        String rule = keys.has("tokenizer.ggml.pre") ? keys.text("tokenizer.ggml.pre") : "";
        if (rule.isEmpty()) {
            notes.add("tokenizer.ggml.pre is missing: text is split by the default rule, which may not be the model's;"
                    + " convert the model again to have its own");
        }
        return new TokenizerData.Merges(
                tokens,
                kinds(),
                keys.texts("tokenizer.ggml.merges", MAX_MERGES),
                rule,
                id("bos", -1),
                id("eos", -1),
                ends(),
                keys.has("tokenizer.ggml.add_bos_token")
                        ? (Boolean) keys.flag("tokenizer.ggml.add_bos_token", false)
                        : null,
                keys.flag("tokenizer.ggml.add_eos_token", false),
                chatTemplates());
    }

    private List<ChatTemplateSource> chatTemplates() {
        List<ChatTemplateSource> templates = new ArrayList<>();
        for (String key : keys.keys()) {
            if (key.equals(CHAT_TEMPLATE)) {
                templates.addFirst(new ChatTemplateSource(ChatTemplateSource.DEFAULT, keys.text(key)));
            } else if (key.startsWith(CHAT_TEMPLATE + ".")) {
                templates.add(new ChatTemplateSource(key.substring(CHAT_TEMPLATE.length() + 1), keys.text(key)));
            }
        }
        return List.copyOf(templates);
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

    private List<EndToken> ends() {
        List<EndToken> ends = new ArrayList<>();
        for (String name : List.of("eos", "eot", "eom")) {
            if (keys.has(key(name))) {
                ends.add(new EndToken(id(name, -1), key(name)));
            }
        }
        return List.copyOf(ends);
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
