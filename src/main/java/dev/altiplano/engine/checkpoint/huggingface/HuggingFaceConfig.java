package dev.altiplano.engine.checkpoint.huggingface;

import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.checkpoint.architecture.Architecture;
import dev.altiplano.engine.checkpoint.architecture.Experts;
import dev.altiplano.engine.checkpoint.architecture.Rope;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.content.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** A Hugging Face {@code config.json} of a model of the family. What changes the arithmetic and is not computed is refused by name. */
public final class HuggingFaceConfig {

    private static final String WINDOW = "sliding_window";
    private static final String KV_HEADS = "num_key_value_heads";

    private final JsonObject json;
    private final Architecture architecture;
    private final ConfigDefaults defaults;

    public HuggingFaceConfig(JsonObject json) {
        this.json = json;
        String type = json.text("model_type");
        architecture = Architecture.ofModelType(type)
                .orElseThrow(() -> new CheckpointException(
                        json.file(),
                        "model_type is \"" + JsonObject.shorten(type) + "\", which is not supported; known are "
                                + Architecture.modelTypes()));
        defaults = ConfigDefaults.of(architecture);
        List<?> named = json.has("architectures") ? json.list("architectures") : List.of();
        if (!named.isEmpty() && named.stream().noneMatch(architecture.classNames()::contains)) {
            throw new CheckpointException(
                    json.file(),
                    "architectures does not name " + String.join(" or ", architecture.classNames())
                            + ", which model_type asks for");
        }
    }

    public Hyperparameters hyperparameters() {
        int hiddenSize = (int) json.integer("hidden_size", 1, 1 << 20);
        int heads = (int) json.integer("num_attention_heads", 1, 1 << 16);
        if (!json.has("head_dim") && hiddenSize % heads != 0) {
            throw new CheckpointException(
                    json.file(), "num_attention_heads " + heads + " does not divide hidden_size " + hiddenSize);
        }
        int headDim = (int) json.integer("head_dim", 2, 1 << 16, hiddenSize / heads);
        int context = (int) json.integer(
                "max_position_embeddings",
                1,
                1 << 30,
                json.has("max_sequence_length")
                        ? json.integer("max_sequence_length", 1, 1 << 30)
                        : defaults.contextLength());
        new HuggingFaceArithmetic(json).check(headDim, architecture.slidingWindow());
        Rope rope = HuggingFaceRope.read(json, headDim, context, defaults.ropeTheta());
        try {
            return new Hyperparameters(
                            hiddenSize,
                            (int) json.integer("intermediate_size", 1, 1 << 24),
                            (int) json.integer("num_hidden_layers", 1, 1 << 12),
                            heads,
                            kvHeads(heads),
                            headDim,
                            (int) json.integer("vocab_size", 1, 1 << 24),
                            context,
                            (float) json.number("rms_norm_eps", Float.MIN_NORMAL, 0.5, defaults.normEpsilon()),
                            rope.base())
                    .withArchitecture(architecture)
                    .withRope(rope)
                    .withSlidingWindow(slidingWindow())
                    .withExperts(experts());
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(json.file(), String.valueOf(e.getMessage()), e);
        }
    }

    /** As many as there are heads where the key is null; where it is absent, what the architecture's own configuration has. */
    private int kvHeads(int heads) {
        boolean absent = !json.keys().contains(KV_HEADS);
        int fallback = absent && defaults.kvHeads() > 0 ? Math.min(heads, defaults.kvHeads()) : heads;
        return (int) json.integer(KV_HEADS, 1, heads, fallback);
    }

    /** What was taken for granted because the file does not say it, for people. */
    List<String> notes() {
        List<String> notes = new ArrayList<>();
        note(notes, "rms_norm_eps", String.valueOf(defaults.normEpsilon()));
        if (!json.has("max_sequence_length")) {
            note(notes, "max_position_embeddings", String.valueOf(defaults.contextLength()));
        }
        if (defaults.kvHeads() > 0 && !json.keys().contains(KV_HEADS)) {
            note(notes, KV_HEADS, String.valueOf(defaults.kvHeads()));
        }
        return notes;
    }

    private void note(List<String> notes, String key, String value) {
        if (!json.has(key)) {
            notes.add("config.json has no " + key + ": it is taken to be " + value + ", transformers' default for "
                    + json.text("model_type"));
        }
    }

    /** Throws {@link CheckpointException} for a model without an output, as those for embeddings alone are saved. */
    void checkOutput(boolean has) {
        if (!has) {
            throw new CheckpointException(
                    json.file(),
                    "does not tie the output to the embedding (tie_word_embeddings), but the weights hold no"
                            + " lm_head.weight: this is a bare model, which cannot generate");
        }
    }

    /** Mistral's own configuration has a window of 4096 where the key is absent, and none where it is null. */
    private int slidingWindow() {
        if (!architecture.slidingWindow()) {
            return 0;
        }
        if (!json.has(WINDOW)) {
            boolean absent =
                    architecture == Architecture.MISTRAL && !json.keys().contains(WINDOW);
            return absent ? 4096 : 0;
        }
        return (int) json.integer(WINDOW, 1, Integer.MAX_VALUE);
    }

    private Experts experts() {
        if (!architecture.experts()) {
            return Experts.NONE;
        }
        int count = (int) json.integer("num_local_experts", 1, Experts.MAX, 8);
        return new Experts(count, (int) json.integer("num_experts_per_tok", 1, count, Math.min(2, count)));
    }

    /** Whether the output is the embedding, given whether the files hold an output of its own. */
    boolean tiesOutput(boolean stored) {
        return json.flag("tie_word_embeddings", !stored);
    }

    /** Whether {@code attention_bias} or {@code mlp_bias} says that there are biases. */
    boolean hasBias(String key) {
        return json.flag(key, false);
    }

    /** The ids under a key that holds one id, or a list of them; without the key none. */
    static List<Integer> ids(JsonObject config, String key, int vocabularySize) {
        List<Integer> ids = new ArrayList<>();
        if (config.has(key)) {
            Object value = config.value(key);
            for (Object id :
                    value instanceof List<?> list ? list : List.of(config.integer(key, 0, vocabularySize - 1L))) {
                if (!(id instanceof Long number) || number < 0 || number >= vocabularySize) {
                    throw new CheckpointException(
                            config.file(),
                            key + " holds " + JsonObject.describe(id) + ", expected ids below " + vocabularySize);
                }
                ids.add(number.intValue());
            }
        }
        return ids;
    }
}
