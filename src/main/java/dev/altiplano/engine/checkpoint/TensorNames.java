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
                    "ffn_norm.weight",
                    TensorShape.ROUTER,
                    "ffn_gate.#.weight",
                    "ffn_down.#.weight",
                    "ffn_up.#.weight",
                    "attn_q.bias",
                    "attn_k.bias",
                    "attn_v.bias",
                    "attn_output.bias",
                    "ffn_gate.bias",
                    "ffn_up.bias",
                    "ffn_down.bias")),
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
            Map.ofEntries(
                    Map.entry("self_attn.q_proj.weight", TensorShape.QUERY),
                    Map.entry("self_attn.k_proj.weight", TensorShape.KEY),
                    Map.entry("self_attn.v_proj.weight", "attn_v.weight"),
                    Map.entry("self_attn.o_proj.weight", "attn_output.weight"),
                    Map.entry("mlp.gate_proj.weight", "ffn_gate.weight"),
                    Map.entry("mlp.down_proj.weight", "ffn_down.weight"),
                    Map.entry("mlp.up_proj.weight", "ffn_up.weight"),
                    Map.entry("input_layernorm.weight", "attn_norm.weight"),
                    Map.entry("post_attention_layernorm.weight", "ffn_norm.weight"),
                    Map.entry("block_sparse_moe.gate.weight", TensorShape.ROUTER),
                    Map.entry("block_sparse_moe.experts.#.w1.weight", "ffn_gate.#.weight"),
                    Map.entry("block_sparse_moe.experts.#.w2.weight", "ffn_down.#.weight"),
                    Map.entry("block_sparse_moe.experts.#.w3.weight", "ffn_up.#.weight"),
                    Map.entry("self_attn.q_proj.bias", "attn_q.bias"),
                    Map.entry("self_attn.k_proj.bias", "attn_k.bias"),
                    Map.entry("self_attn.v_proj.bias", "attn_v.bias"),
                    Map.entry("self_attn.o_proj.bias", "attn_output.bias"),
                    Map.entry("mlp.gate_proj.bias", "ffn_gate.bias"),
                    Map.entry("mlp.up_proj.bias", "ffn_up.bias"),
                    Map.entry("mlp.down_proj.bias", "ffn_down.bias")));

    /** The number of an expert, which tables of names write as #. */
    private static final Pattern EXPERT = Pattern.compile("\\.(0|[1-9][0-9]{0,8})\\.");

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
        String suffix = parts[parts.length - 1];
        Matcher expert = EXPERT.matcher(suffix);
        boolean numbered = expert.find();
        String number = numbered ? expert.group(1) : "";
        String wanted = numbered ? expert.replaceFirst(".#.") : suffix;
        for (Map.Entry<String, String> entry : inLayer.entrySet()) {
            if (entry.getValue().equals(wanted)) {
                return prefix + parts[1] + "." + entry.getKey().replace("#", number);
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
        String own = matcher.group(2);
        Matcher expert = EXPERT.matcher(own);
        boolean numbered = expert.find();
        String number = numbered ? expert.group(1) : "";
        String suffix = inLayer.get(numbered ? expert.replaceFirst(".#.") : own);
        return suffix == null ? null : "blk." + matcher.group(1) + "." + suffix.replace("#", number);
    }
}
