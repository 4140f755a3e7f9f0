package dev.altiplano.engine.checkpoint.huggingface;

import dev.altiplano.engine.checkpoint.CheckpointException;
import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.checkpoint.JsonObject;
import dev.altiplano.engine.checkpoint.architecture.Rope;
import java.util.ArrayList;
import java.util.List;

/** A Hugging Face {@code config.json} of model type llama. What changes the arithmetic and is not computed is refused by name. */
public final class HuggingFaceConfig {

    private final JsonObject json;

    public HuggingFaceConfig(JsonObject json) {
        this.json = json;
        String type = json.text("model_type");
        if (!type.equals("llama")) {
            throw new CheckpointException(
                    json.file(), "model_type is \"" + JsonObject.shorten(type) + "\"; only \"llama\" is supported");
        }
        if (json.has("architectures")
                && json.list("architectures").stream()
                        .noneMatch(name -> name.equals("LlamaForCausalLM") || name.equals("LLaMAForCausalLM"))) {
            throw new CheckpointException(json.file(), "architectures does not name LlamaForCausalLM");
        }
        if (json.has("hidden_act") && !json.text("hidden_act").equals("silu")) {
            throw new CheckpointException(
                    json.file(),
                    "hidden_act is \"" + JsonObject.shorten(json.text("hidden_act")) + "\", expected \"silu\"");
        }
        for (String bias : List.of("attention_bias", "mlp_bias")) {
            if (json.flag(bias, false)) {
                throw new CheckpointException(json.file(), bias + " is true; LLaMA with biases is not supported");
            }
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
                    .withRope(rope);
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(json.file(), String.valueOf(e.getMessage()), e);
        }
    }

    boolean tiesOutput() {
        return json.flag("tie_word_embeddings", false);
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
