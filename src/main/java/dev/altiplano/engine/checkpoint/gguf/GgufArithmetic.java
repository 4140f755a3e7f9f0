package dev.altiplano.engine.checkpoint.gguf;

import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.content.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Holds the keys of an architecture against what is computed: a key that asks for other arithmetic is refused by name, and so is
 * one that nobody here knows; with a value that changes nothing it passes.
 */
final class GgufArithmetic {

    /** Read elsewhere, or without effect. */
    private static final Set<String> READ = Set.of(
            "vocab_size",
            "context_length",
            "embedding_length",
            "block_count",
            "feed_forward_length",
            "attention.head_count",
            "attention.head_count_kv",
            "attention.key_length",
            "attention.value_length",
            "attention.layer_norm_rms_epsilon",
            "attention.layer_norm_epsilon",
            "attention.sliding_window",
            "expert_count",
            "expert_used_count",
            "tensor_data_layout",
            "rope.dimension_count",
            "rope.freq_base",
            "rope.scale_linear",
            "rope.scaling.type",
            "rope.scaling.factor",
            "rope.scaling.original_context_length",
            "rope.scaling.finetuned",
            "rope.scaling.attn_factor",
            "rope.scaling.alpha",
            "rope.scaling.yarn_attn_factor",
            "rope.scaling.yarn_ext_factor",
            "rope.scaling.yarn_beta_fast",
            "rope.scaling.yarn_beta_slow",
            "rope.scaling.yarn_log_multiplier");

    /** The value with which a factor changes nothing; 0 stands for a factor that is not used. */
    private static final Map<String, Double> FACTORS = Map.of(
            "logit_scale", 1.0,
            "embedding_scale", 1.0,
            "residual_scale", 1.0,
            "expert_weights_scale", 1.0,
            "expert_gating_func", 1.0,
            "expert_group_count", 1.0,
            "expert_group_used_count", 1.0,
            "interleave_moe_layer_step", 1.0);

    /** What is absent where it is 0. */
    private static final Set<String> ABSENT = Set.of(
            "attn_logit_softcapping",
            "final_logit_softcapping",
            "router_logit_softcapping",
            "attention.clamp_kqv",
            "attention.max_alibi_bias",
            "expert_shared_count",
            "expert_shared_feed_forward_length",
            "leading_dense_block_count",
            "nextn_predict_layers");

    private static final Map<String, Boolean> FLAGS =
            Map.of("attention.causal", true, "expert_weights_norm", true, "use_parallel_residual", false);

    private final GgufMetadata keys;
    private final String prefix;
    private final List<String> notes;

    GgufArithmetic(GgufMetadata keys, String prefix, List<String> notes) {
        this.keys = keys;
        this.prefix = prefix;
        this.notes = notes;
    }

    void check(int headDim, int intermediateSize) {
        for (String key : keys.names()) {
            if (key.startsWith(prefix)) {
                check(key, key.substring(prefix.length()), headDim, intermediateSize);
            }
        }
        String window = prefix + "attention.sliding_window";
        if (keys.has(window)) {
            long positions = keys.integer(window, 1, Integer.MAX_VALUE);
            if (positions < keys.integer(prefix + "context_length", 1, 1 << 30)) {
                notes.add(window + " is " + positions
                        + ": left aside, as every program does for this architecture; each query sees all before it");
            }
        }
    }

    private void check(String key, String name, int headDim, int intermediateSize) {
        if (READ.contains(name)) {
            return;
        }
        boolean neutral;
        if (FACTORS.containsKey(name)) {
            double value = keys.number(key, -Double.MAX_VALUE, Double.MAX_VALUE);
            neutral = value == 0 || value == FACTORS.getOrDefault(name, 0.0);
        } else if (ABSENT.contains(name)) {
            neutral = keys.number(key, -Double.MAX_VALUE, Double.MAX_VALUE) == 0;
        } else if (FLAGS.containsKey(name)) {
            neutral = keys.flag(key, false) == FLAGS.getOrDefault(name, false);
        } else if (name.equals("attention.scale")) {
            double value = keys.number(key, -Double.MAX_VALUE, Double.MAX_VALUE);
            neutral = value == 0 || Math.abs(value * Math.sqrt(headDim) - 1) < 1e-5;
        } else if (name.equals("expert_feed_forward_length")) {
            neutral = keys.integer(key, 0, Integer.MAX_VALUE) == intermediateSize;
        } else {
            throw new CheckpointException(
                    keys.file(),
                    "has the key " + JsonObject.shorten(key)
                            + ", which is not known and may change what the model computes");
        }
        if (!neutral) {
            throw new CheckpointException(
                    keys.file(),
                    key + " is " + keys.value(key) + ": it changes what the model computes and is not supported");
        }
    }
}
