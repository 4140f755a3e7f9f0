package dev.altiplano.engine.checkpoint.meta;

import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.checkpoint.architecture.Architecture;
import dev.altiplano.engine.checkpoint.architecture.Rope;
import dev.altiplano.engine.checkpoint.architecture.RopeScaling;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.content.JsonObject;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Meta's {@code params.json} (Llama 1 to 3), and Mistral's. What changes the arithmetic and is not computed here is refused by
 * name, as are keys whose names speak of it, unless they are false, null or 0; other unknown keys end in the notes.
 */
public final class MetaParams {

    private static final double MIN_FACTOR = 1e-3;
    private static final double MAX_FACTOR = 1e6;
    private static final String USE_SCALED_ROPE = "use_scaled_rope";

    private static final String HIDDEN_DIM = "hidden_dim";
    private static final String HEAD_DIM = "head_dim";
    private static final String WINDOW = "sliding_window";
    private static final String MAX_SEQ_LEN = "max_seq_len";
    private static final String MAX_POSITIONS = "max_position_embeddings";

    private static final Set<String> KNOWN = Set.of(
            "dim",
            "n_layers",
            "n_heads",
            "n_kv_heads",
            "vocab_size",
            "multiple_of",
            "ffn_dim_multiplier",
            HIDDEN_DIM,
            HEAD_DIM,
            WINDOW,
            "norm_eps",
            "rope_theta",
            "max_batch_size",
            MAX_SEQ_LEN,
            MAX_POSITIONS,
            USE_SCALED_ROPE,
            "rope_scaling_factor",
            "rope_scale_factor",
            "rope_low_freq_factor",
            "rope_high_freq_factor",
            "rope_original_context");

    /** How other programs compute the same attention. */
    private static final Set<String> WITHOUT_EFFECT = Set.of(
            "use_flash_attention",
            "use_flash_attention_2",
            "use_flash_attn",
            "flash_attention",
            "flash_attn",
            "attn_implementation",
            "_attn_implementation");

    /** Of what a key speaks that changes the arithmetic; {@code nope} are layers without RoPE. */
    private static final Pattern ARITHMETIC = Pattern.compile(
            "(^|_)(rope|nope|yarn|scales?|scaling|norms?|attn|attention|windows?|bias|biases|moe|experts?|tied|tie)(_|$)",
            Pattern.CASE_INSENSITIVE);

    private final JsonObject json;

    public MetaParams(JsonObject json, List<String> notes) {
        this.json = json;
        refuse("rope_scaling", "scales the RoPE frequencies");
        refuse("quantization_args", "says that the weights are quantized");
        refuse("quantization", "says that the weights are quantized");
        refuse("lora_args", "asks for LoRA adapters");
        refuse("moe_args", "describes a mixture of experts");
        refuse("moe", "describes a mixture of experts");
        for (String key : json.keys()) {
            if (KNOWN.contains(key) || WITHOUT_EFFECT.contains(key)) {
                continue;
            }
            if (ARITHMETIC.matcher(key).find()) {
                refuse(key, "asks for other arithmetic");
            }
            if (notes.size() < 20) {
                notes.add(json.file().getFileName() + " has the unknown key " + JsonObject.shorten(key) + ", ignored");
            }
        }
    }

    private void refuse(String key, String meaning) {
        Object value = json.value(key);
        boolean neutral = Boolean.FALSE.equals(value) || value instanceof Number number && number.doubleValue() == 0;
        if (json.has(key) && !neutral) {
            throw new CheckpointException(
                    json.file(), JsonObject.shorten(key) + " " + meaning + ", which is not supported");
        }
    }

    /**
     * The model's shape.
     *
     * @param embeddingRows vocabulary size as the embedding has it, which counts where {@code vocab_size} is -1
     * @param sharedFrequencies whether there is one {@code rope.freqs} for all layers, as Llama 2 and 3 have it
     */
    public Hyperparameters hyperparameters(long embeddingRows, boolean sharedFrequencies) {
        int dim = dim();
        int heads = (int) json.integer("n_heads", 1, 1 << 16);
        if (!json.has(HEAD_DIM) && dim % heads != 0) {
            throw new CheckpointException(json.file(), "n_heads " + heads + " does not divide dim " + dim);
        }
        long vocabulary = json.integer("vocab_size", -1, 1 << 24, -1);
        if (vocabulary >= 0 && vocabulary != embeddingRows) {
            throw new CheckpointException(
                    json.file(), "vocab_size is " + vocabulary + ", but the embedding has " + embeddingRows + " rows");
        }
        int headDim = (int) json.integer(HEAD_DIM, 2, 1 << 16, dim / heads);
        int window = (int) json.integer(WINDOW, 1, Integer.MAX_VALUE, 0);
        // Mistral's own program, where its file does not say it.
        double ropeTheta = json.number("rope_theta", 1, 1e12, isMistral() && window == 0 ? 1e6 : 1e4);
        try {
            return new Hyperparameters(
                            dim,
                            intermediateSize(dim),
                            (int) json.integer("n_layers", 1, 1 << 12),
                            heads,
                            (int) json.integer("n_kv_heads", 1, heads, heads),
                            headDim,
                            Math.toIntExact(embeddingRows),
                            (int) json.integer(
                                    json.has(MAX_SEQ_LEN) ? MAX_SEQ_LEN : MAX_POSITIONS,
                                    1,
                                    1 << 30,
                                    contextLength(ropeTheta, sharedFrequencies)),
                            (float) json.number("norm_eps", Float.MIN_NORMAL, 0.5, 1e-5),
                            ropeTheta)
                    .withArchitecture(isMistral() ? Architecture.MISTRAL : Architecture.LLAMA)
                    .withRope(new Rope(ropeTheta, headDim, scaling()))
                    .withSlidingWindow(window);
        } catch (ArithmeticException | IllegalArgumentException e) {
            throw new CheckpointException(json.file(), String.valueOf(e.getMessage()), e);
        }
    }

    /** Whether this is one of Llama 3.2's text models: 1B or 3B. */
    boolean isLlama32() {
        long layers = json.integer("n_layers", 1, 1 << 12);
        return json.flag(USE_SCALED_ROPE, false)
                && ((dim() == 2048 && layers == 16) || (dim() == 3072 && layers == 28));
    }

    /**
     * Llama 3.1's scaling where {@code use_scaled_rope} asks for it; its numbers are Meta's own unless the file states others.
     * The files of Llama 3.2's small models do not state theirs, which is another.
     */
    private RopeScaling scaling() {
        if (!json.flag(USE_SCALED_ROPE, false)) {
            return new RopeScaling.None();
        }
        double factor = json.number("rope_scale_factor", MIN_FACTOR, MAX_FACTOR, isLlama32() ? 32 : 8);
        return new RopeScaling.Llama3(
                json.number("rope_scaling_factor", MIN_FACTOR, MAX_FACTOR, factor),
                json.number("rope_low_freq_factor", MIN_FACTOR, MAX_FACTOR, 1),
                json.number("rope_high_freq_factor", MIN_FACTOR, MAX_FACTOR, 4),
                (int) json.integer("rope_original_context", 1, 1 << 30, 8192));
    }

    int dim() {
        return (int) json.integer("dim", 1, 1 << 20);
    }

    /** Whether the file has the keys by which Mistral states its shapes. */
    private boolean isMistral() {
        return json.has(HIDDEN_DIM);
    }

    /** As stated, or by Meta's rule: two thirds of 4 dim, times the multiplier, each cut to an integer, then up to a multiple. */
    private int intermediateSize(int dim) {
        if (isMistral()) {
            return (int) json.integer(HIDDEN_DIM, 1, 1 << 24);
        }
        long size = 8L * dim / 3;
        if (json.has("ffn_dim_multiplier")) {
            size = (long) (json.number("ffn_dim_multiplier", 1e-3, 1e3) * size);
        }
        long multiple = json.integer("multiple_of", 1, 1 << 20, 256);
        size = (size + multiple - 1) / multiple * multiple;
        if (size < 1 || size > 1 << 24) {
            throw new CheckpointException(json.file(), "gives a feed-forward size of " + size);
        }
        return (int) size;
    }

    /**
     * Most files do not state the context, so the generation is told by its marks: LLaMA 1 has RoPE frequencies in each
     * layer, Llama 2 once, Code Llama and Llama 3 another RoPE base, Llama 3.1 and later scaled frequencies.
     */
    private long contextLength(double ropeTheta, boolean sharedFrequencies) {
        if (json.flag(USE_SCALED_ROPE, false)) {
            return 131_072;
        }
        if (isMistral()) {
            return 32_768;
        }
        if (ropeTheta == 500_000) {
            return 8192;
        }
        if (ropeTheta == 1_000_000) {
            return 16384;
        }
        return sharedFrequencies ? 4096 : 2048;
    }
}
