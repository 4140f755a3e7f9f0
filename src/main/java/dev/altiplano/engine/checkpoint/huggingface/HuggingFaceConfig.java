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

    private final JsonObject json;
    private final Architecture architecture;

    public HuggingFaceConfig(JsonObject json) {
        this.json = json;
        String type = json.text("model_type");
        architecture = Architecture.ofModelType(type)
                .orElseThrow(() -> new CheckpointException(
                        json.file(),
                        "model_type is \"" + JsonObject.shorten(type) + "\", which is not supported; known are "
                                + Architecture.modelTypes()));
        if (json.has("architectures")
                && json.list("architectures").stream().noneMatch(architecture.classNames()::contains)) {
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
                "max_position_embeddings", 1, 1 << 30, json.integer("max_sequence_length", 1, 1 << 30, 2048));
        new HuggingFaceArithmetic(json).check(headDim, architecture.slidingWindow());
        Rope rope = HuggingFaceRope.read(json, headDim, context);
        try {
            return new Hyperparameters(
                            hiddenSize,
                            (int) json.integer("intermediate_size", 1, 1 << 24),
                            (int) json.integer("num_hidden_layers", 1, 1 << 12),
                            heads,
                            (int) json.integer("num_key_value_heads", 1, heads, heads),
                            headDim,
                            (int) json.integer("vocab_size", 1, 1 << 24),
                            context,
                            (float) json.number("rms_norm_eps", Float.MIN_NORMAL, 0.5),
                            rope.base())
                    .withArchitecture(architecture)
                    .withRope(rope)
                    .withSlidingWindow(slidingWindow())
                    .withExperts(experts());
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(json.file(), String.valueOf(e.getMessage()), e);
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
