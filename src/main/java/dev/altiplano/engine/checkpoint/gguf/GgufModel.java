package dev.altiplano.engine.checkpoint.gguf;

import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.checkpoint.LayerWidths;
import dev.altiplano.engine.checkpoint.TokenizerData;
import dev.altiplano.engine.checkpoint.architecture.Architecture;
import dev.altiplano.engine.checkpoint.architecture.Experts;
import dev.altiplano.engine.checkpoint.architecture.Rope;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.content.JsonObject;
import dev.altiplano.engine.checkpoint.tensor.StoredTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the keys of a GGUF file say about a model of the family. */
final class GgufModel {

    /** Ours: positions that a query sees, which GGUF's llama has no key for that programs follow. */
    static final String WINDOW = "altiplano.attention.sliding_window";
    /** Ours: the context of a model with a window; ggml's key is no longer than the window then. */
    static final String CONTEXT = "altiplano.context_length";

    private static final String TYPE = "general.type";
    private static final int MAX_LAYERS = 1 << 12;

    private final GgufMetadata keys;
    private final Map<String, StoredTensor> tensors;
    private final List<String> notes;
    private final Architecture architecture;
    private final String prefix;

    /**
     * Looks the architecture up.
     *
     * @param tensors by name, for what only they tell
     */
    GgufModel(GgufMetadata keys, Map<String, StoredTensor> tensors, List<String> notes) {
        this.keys = keys;
        this.tensors = tensors;
        this.notes = notes;
        if (keys.has(TYPE) && keys.text(TYPE).equals("adapter")) {
            throw new CheckpointException(
                    keys.file(),
                    "is an adapter (" + TYPE
                            + "), not a model: load it beside its model by altiplano.adapters.NAME, or write"
                            + " both into one file by `altiplano merge --adapter`");
        }
        String name = keys.text("general.architecture");
        architecture = Architecture.ofGguf(name)
                .orElseThrow(() -> new CheckpointException(
                        keys.file(),
                        "general.architecture is \"" + JsonObject.shorten(name)
                                + "\", which is not supported; known is " + Architecture.ggufNames()));
        prefix = name + ".";
    }

    /** Heads and widths of each layer; adds to the notes if they differ. */
    List<LayerWidths> layers() {
        int count = (int) integer("block_count", 1, MAX_LAYERS);
        int[] heads = keys.integersByLayer(prefix + "attention.head_count", 1, 1 << 16, count);
        String kvKey = prefix + "attention.head_count_kv";
        int[] kvHeads = keys.has(kvKey) ? keys.integersByLayer(kvKey, 1, 1 << 16, count) : heads;
        int[] intermediateSizes = keys.integersByLayer(prefix + "feed_forward_length", 1, 1 << 24, count);
        List<LayerWidths> layers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            if (heads[i] % kvHeads[i] != 0) {
                throw new CheckpointException(
                        keys.file(),
                        kvKey + " " + kvHeads[i] + " does not divide " + prefix + "attention.head_count " + heads[i]
                                + " of layer " + i);
            }
            layers.add(new LayerWidths(heads[i], kvHeads[i], intermediateSizes[i]));
        }
        if (layers.stream().distinct().count() > 1) {
            LayerWidths wide = LayerWidths.holding(layers);
            notes.add("its layers differ in heads or widths: each is computed as one of " + wide.heads() + " heads, "
                    + wide.kvHeads() + " KV heads and an intermediate size of " + wide.intermediateSize()
                    + ", with zeros for what it lacks, which changes no result");
        }
        return layers;
    }

    /** The shape that holds all {@code layers}. */
    Hyperparameters hyperparameters(List<LayerWidths> layers) {
        int hiddenSize = (int) integer("embedding_length", 1, 1 << 20);
        int heads = layers.getFirst().heads();
        if (hiddenSize % heads != 0 && !keys.has(prefix + "attention.key_length")) {
            throw new CheckpointException(
                    keys.file(),
                    prefix + "attention.head_count " + heads + " does not divide " + prefix + "embedding_length "
                            + hiddenSize);
        }
        int headDim = (int) keys.integer(prefix + "attention.key_length", 2, 1 << 16, hiddenSize / heads);
        String valueLength = prefix + "attention.value_length";
        if (keys.integer(valueLength, 0, Integer.MAX_VALUE, headDim) != headDim) {
            throw new CheckpointException(
                    keys.file(),
                    valueLength + " is " + keys.integer(valueLength, 0, Integer.MAX_VALUE) + ", but the head dim is "
                            + headDim);
        }
        LayerWidths wide = LayerWidths.holding(layers);
        new GgufArithmetic(keys, prefix, notes).check(headDim, wide.intermediateSize());
        Rope rope = GgufRope.read(keys, prefix.substring(0, prefix.length() - 1), tensors, headDim);
        try {
            return new Hyperparameters(
                            hiddenSize,
                            wide.intermediateSize(),
                            layers.size(),
                            wide.heads(),
                            wide.kvHeads(),
                            headDim,
                            vocabularySize(),
                            (int) keys.integer(CONTEXT, 1, 1 << 30, integer("context_length", 1, 1 << 30)),
                            (float) keys.number(prefix + "attention.layer_norm_rms_epsilon", Float.MIN_NORMAL, 0.5),
                            rope.base())
                    .withArchitecture(architecture)
                    .withRope(rope)
                    .withSlidingWindow((int) keys.integer(WINDOW, 1, 1 << 30, 0))
                    .withExperts(experts());
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(keys.file(), String.valueOf(e.getMessage()), e);
        }
    }

    private long integer(String key, long min, long max) {
        return keys.integer(prefix + key, min, max);
    }

    private Experts experts() {
        int count = (int) keys.integer(prefix + "expert_count", 0, Experts.MAX, 0);
        if (count == 0) {
            return Experts.NONE;
        }
        return new Experts(count, (int) integer("expert_used_count", 1, count));
    }

    private int vocabularySize() {
        int tokens = keys.textCount("tokenizer.ggml.tokens", GgufTokenizer.MAX_TOKENS);
        String stated = prefix + "vocab_size";
        if (keys.integer(stated, 0, Integer.MAX_VALUE, tokens) != tokens) {
            throw new CheckpointException(
                    keys.file(),
                    stated + " is " + keys.integer(stated, 0, Integer.MAX_VALUE) + ", but tokenizer.ggml.tokens has "
                            + tokens);
        }
        return tokens;
    }

    /** The tokenizer; adds to {@code notes} what is said of it. */
    TokenizerData tokenizer(List<String> notes) {
        return GgufTokenizer.read(keys, notes);
    }
}
