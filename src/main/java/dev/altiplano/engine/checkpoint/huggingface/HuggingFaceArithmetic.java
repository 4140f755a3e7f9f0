package dev.altiplano.engine.checkpoint.huggingface;

import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.content.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Refuses keys of a {@code config.json} that ask for other arithmetic than is computed, which related architectures have. With a
 * value that changes nothing they pass.
 */
final class HuggingFaceArithmetic {

    private static final Set<String> ACTIVATIONS = Set.of("silu", "swish");

    /** The value with which a factor changes nothing. */
    private static final Map<String, Double> FACTORS = Map.of(
            "logits_scaling", 1.0,
            "logit_scale", 1.0,
            "residual_multiplier", 1.0,
            "residual_scale", 1.0,
            "embedding_multiplier", 1.0,
            "embedding_scale", 1.0,
            "scale_emb", 1.0,
            "routed_scaling_factor", 1.0);

    /** What is absent where it is null or 0. */
    private static final Set<String> ABSENT = Set.of(
            "attn_logit_softcapping",
            "final_logit_softcapping",
            "attn_logit_softcap",
            "clip_qkv",
            "n_shared_experts",
            "shared_expert_intermediate_size",
            "first_k_dense_replace",
            "no_rope_layer_interval",
            "sliding_window_pattern",
            "global_attn_every_n_layers");

    /** Lists with something for each layer, which other architectures have. */
    private static final Set<String> PER_LAYER = Set.of(
            "num_attention_heads_per_layer",
            "num_key_value_heads_per_layer",
            "intermediate_size_per_layer",
            "ffn_hidden_sizes",
            "block_configs");

    /** Flags that must not be set. */
    private static final Set<String> UNSET = Set.of(
            "qk_norm",
            "use_qk_norm",
            "qk_layernorm",
            "use_qkv_bias",
            "alibi",
            "parallel_attn",
            "use_parallel_residual",
            "rope_interleaved",
            "attn_temperature_tuning");

    private static final Set<String> SET = Set.of("is_causal", "norm_topk_prob");

    private final JsonObject json;

    HuggingFaceArithmetic(JsonObject json) {
        this.json = json;
    }

    /** {@code window} is whether the architecture may have a sliding window. */
    void check(int headDim, boolean window) {
        if (json.has("hidden_act") && !ACTIVATIONS.contains(json.text("hidden_act"))) {
            throw refused("hidden_act", "expected \"silu\"");
        }
        FACTORS.forEach((key, neutral) -> {
            if (number(key, neutral) != neutral) {
                throw refused(key, "it scales what the model computes");
            }
        });
        for (String key : ABSENT) {
            if (number(key, 0) != 0) {
                throw refused(key, "it changes what the model computes");
            }
        }
        for (String key : UNSET) {
            if (json.flag(key, false)) {
                throw refused(key, "it changes what the model computes");
            }
        }
        for (String key : SET) {
            if (!json.flag(key, true)) {
                throw refused(key, "it changes what the model computes");
            }
        }
        if (Math.abs(number("attention_multiplier", 1 / Math.sqrt(headDim)) * Math.sqrt(headDim) - 1) > 1e-5) {
            throw refused("attention_multiplier", "expected one over the square root of the head dim");
        }
        if (number("query_pre_attn_scalar", headDim) != headDim) {
            throw refused("query_pre_attn_scalar", "expected the head dim, " + headDim);
        }
        checkLayers(window);
    }

    private void checkLayers(boolean window) {
        for (String key : PER_LAYER) {
            if (json.has(key)) {
                throw refused(key, "only layers that are all alike are computed");
            }
        }
        if (json.has("layer_types")) {
            List<?> types = json.list("layer_types");
            if (types.stream().distinct().count() > 1) {
                throw refused("layer_types", "its layers are not all alike");
            }
            if (!window && !types.isEmpty() && !types.getFirst().equals("full_attention")) {
                throw refused("layer_types", "this architecture has full_attention alone");
            }
        }
        if (!window && json.flag("use_sliding_window", false)) {
            throw refused("use_sliding_window", "this architecture has no window");
        }
        if (json.has("no_rope_layers")
                && json.list("no_rope_layers").stream()
                        .anyMatch(turned -> !Long.valueOf(1).equals(turned))) {
            throw refused("no_rope_layers", "all layers of this architecture turn by position");
        }
    }

    private double number(String key, double fallback) {
        return json.number(key, -Double.MAX_VALUE, Double.MAX_VALUE, fallback);
    }

    private CheckpointException refused(String key, String why) {
        Object value = json.value(key);
        return new CheckpointException(
                json.file(),
                key + " is " + (value == null ? "missing" : JsonObject.describe(value)) + ", which is not supported: "
                        + why);
    }
}
