package dev.altiplano.engine.checkpoint;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Translates the names of each format's files to GGUF's. */
@SuppressWarnings("ImmutableEnumChecker") // Map.of and Map.copyOf make maps that do not change
public enum TensorNames {
    GGUF(
            "blk.",
            same(TensorShape.EMBEDDING, "output_norm.weight", TensorShape.OUTPUT),
            same(
                    TensorShape.QUERY,
                    TensorShape.KEY,
                    "attn_v.weight",
                    "attn_output.weight",
                    "ffn_gate.weight",
                    "ffn_down.weight",
                    "ffn_up.weight",
                    "attn_norm.weight",
                    "ffn_norm.weight")),
    META(
            "layers.",
            Map.of(
                    "tok_embeddings.weight", TensorShape.EMBEDDING,
                    "norm.weight", "output_norm.weight",
                    "output.weight", TensorShape.OUTPUT),
            Map.of(
                    "attention.wq.weight", TensorShape.QUERY,
                    "attention.wk.weight", TensorShape.KEY,
                    "attention.wv.weight", "attn_v.weight",
                    "attention.wo.weight", "attn_output.weight",
                    "feed_forward.w1.weight", "ffn_gate.weight",
                    "feed_forward.w2.weight", "ffn_down.weight",
                    "feed_forward.w3.weight", "ffn_up.weight",
                    "attention_norm.weight", "attn_norm.weight",
                    "ffn_norm.weight", "ffn_norm.weight")),
    HUGGING_FACE(
            "model.layers.",
            Map.of(
                    "model.embed_tokens.weight", TensorShape.EMBEDDING,
                    "model.norm.weight", "output_norm.weight",
                    "lm_head.weight", TensorShape.OUTPUT),
            Map.of(
                    "self_attn.q_proj.weight", TensorShape.QUERY,
                    "self_attn.k_proj.weight", TensorShape.KEY,
                    "self_attn.v_proj.weight", "attn_v.weight",
                    "self_attn.o_proj.weight", "attn_output.weight",
                    "mlp.gate_proj.weight", "ffn_gate.weight",
                    "mlp.down_proj.weight", "ffn_down.weight",
                    "mlp.up_proj.weight", "ffn_up.weight",
                    "input_layernorm.weight", "attn_norm.weight",
                    "post_attention_layernorm.weight", "ffn_norm.weight"));

    private final String prefix;
    private final Pattern layer;
    private final Map<String, String> outside;
    private final Map<String, String> inLayer;

    TensorNames(String prefix, Map<String, String> outside, Map<String, String> inLayer) {
        this.prefix = prefix;
        this.layer = Pattern.compile(Pattern.quote(prefix) + "(0|[1-9][0-9]{0,8})\\.(.+)");
        this.outside = outside;
        this.inLayer = inLayer;
    }

    /** What a file calls the tensor with the GGUF name {@code gguf}. */
    public String fromGguf(String gguf) {
        for (Map.Entry<String, String> entry : outside.entrySet()) {
            if (entry.getValue().equals(gguf)) {
                return entry.getKey();
            }
        }
        String[] parts = gguf.split("\\.", 3);
        for (Map.Entry<String, String> entry : inLayer.entrySet()) {
            if (entry.getValue().equals(parts[parts.length - 1])) {
                return prefix + parts[1] + "." + entry.getKey();
            }
        }
        return gguf;
    }

    private static Map<String, String> same(String... names) {
        Map<String, String> map = new HashMap<>();
        for (String name : names) {
            map.put(name, name);
        }
        return Map.copyOf(map);
    }

    /** The GGUF name of the tensor that a file calls {@code name}, or null for one that LLaMA does not have. */
    @Nullable
    public String toGguf(String name) {
        Matcher matcher = layer.matcher(name);
        if (!matcher.matches()) {
            return outside.get(name);
        }
        String suffix = inLayer.get(matcher.group(2));
        return suffix == null ? null : "blk." + matcher.group(1) + "." + suffix;
    }
}
