package dev.altiplano.engine.checkpoint.gguf;

import dev.altiplano.engine.checkpoint.ChatTemplateSource;
import dev.altiplano.engine.checkpoint.EndToken;
import dev.altiplano.engine.checkpoint.TokenizerData;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.content.JsonObject;
import dev.altiplano.engine.checkpoint.content.JsonReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The tokenizer inside a GGUF file: SentencePiece pieces ({@code llama}) or byte-level BPE ({@code gpt2}). */
final class GgufTokenizer {

    static final int MAX_TOKENS = 1 << 18;
    private static final int MAX_MERGES = 1 << 20;
    /** Ours: where a tokenizer.json puts a space in front, which no key of ggml says. */
    static final String METASPACE = "altiplano.tokenizer.metaspace";

    /** Ours: added tokens of a folder in the words of a tokenizer.json, where kinds do not say how they are cut out of a text. */
    static final String ADDED = "altiplano.tokenizer.added_tokens";

    /** Ours: a tokenizer.json without vocabulary and merges, where ggml's keys cannot say by which rules text is cut. */
    static final String RULES = "altiplano.tokenizer.json";
    /** Ours: the kind of a vocabulary that no other program should read, since its rules are far from what it knows. */
    static final String OWN_KIND = "altiplano";

    /** Ours: ids of further ends, which no key of ggml names. */
    static final String ENDS = "altiplano.tokenizer.end_token_ids";

    private static final String SCORES = "tokenizer.ggml.scores";
    private static final String MERGES = "tokenizer.ggml.merges";
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
        if (keys.has(RULES)) {
            return tokenizer.ruled(!model.equals(OWN_KIND));
        }
        return switch (model) {
            case "llama" -> tokenizer.pieces();
            case "gpt2" -> {
                if (!keys.has("tokenizer.ggml.pre")
                        || keys.text("tokenizer.ggml.pre").isEmpty()) {
                    notes.add("tokenizer.ggml.pre is missing: text is split by the default rule, which may not be the"
                            + " model's; convert the model again to have its own");
                }
                yield tokenizer.merges();
            }
            default ->
                throw new CheckpointException(
                        keys.file(),
                        "tokenizer.ggml.model is \"" + JsonObject.shorten(model)
                                + "\"; \"llama\" (SentencePiece BPE) and \"gpt2\" (byte-level BPE) are supported");
        };
    }

    private TokenizerData ruled(boolean near) {
        return new TokenizerData.Ruled(
                keys.has(SCORES) ? pieces() : merges(), near, keys.texts(MERGES, MAX_MERGES), json(RULES));
    }

    private Map<String, Object> json(String key) {
        byte[] text = keys.text(key).getBytes(StandardCharsets.UTF_8);
        return JsonReader.read(keys.file(), text, text.length).toMap();
    }

    private TokenizerData pieces() {
        float[] scores = keys.floats(SCORES, MAX_TOKENS);
        if (scores.length != tokens.size()) {
            throw new CheckpointException(
                    keys.file(), SCORES + " has " + scores.length + " items, tokenizer.ggml.tokens " + tokens.size());
        }
        return new TokenizerData.Pieces(
                tokens,
                scores,
                kinds(),
                id("bos", 1),
                id("eos", 2),
                id("unknown", 0),
                named("padding"),
                keys.flag("tokenizer.ggml.add_bos_token", true),
                keys.flag("tokenizer.ggml.add_eos_token", false),
                keys.flag("tokenizer.ggml.add_space_prefix", true),
                keys.has(METASPACE) ? keys.text(METASPACE) : "",
                keys.has(ADDED) ? json(ADDED) : Map.of(),
                ends(),
                chatTemplates());
    }

    private TokenizerData merges() {
        return new TokenizerData.Merges(
                tokens,
                kinds(),
                keys.texts(MERGES, MAX_MERGES),
                keys.has("tokenizer.ggml.pre") ? keys.text("tokenizer.ggml.pre") : "",
                id("bos", -1),
                id("eos", -1),
                named("unknown"),
                named("padding"),
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
        for (int id : keys.has(ENDS) ? keys.integers(ENDS, tokens.size()) : new int[0]) {
            if (id < 0 || id >= tokens.size()) {
                throw new CheckpointException(
                        keys.file(), ENDS + " names token " + id + ", but there are " + tokens.size() + " tokens");
            }
            ends.add(new EndToken(id, ENDS));
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

    /** The same of a token that nothing but templates needs: -1 where it is not one of the vocabulary, as others read it. */
    private int named(String name) {
        long id = keys.integer(key(name), Long.MIN_VALUE, Long.MAX_VALUE, -1);
        return id >= 0 && id < tokens.size() ? (int) id : -1;
    }

    private static String key(String name) {
        return "tokenizer.ggml." + name + "_token_id";
    }
}
