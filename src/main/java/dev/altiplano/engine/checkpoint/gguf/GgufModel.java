package dev.altiplano.engine.checkpoint.gguf;

import dev.altiplano.engine.checkpoint.CheckpointException;
import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.checkpoint.JsonObject;
import dev.altiplano.engine.checkpoint.StoredTensor;
import dev.altiplano.engine.checkpoint.TokenizerData;
import dev.altiplano.engine.checkpoint.architecture.Rope;
import java.util.Map;

/** What the keys of a GGUF file say about a LLaMA model. What changes its arithmetic and is not computed is refused by name. */
final class GgufModel {

    private static final long MAX_ALIGNMENT = 1 << 16;

    private final GgufMetadata keys;

    GgufModel(GgufMetadata keys) {
        this.keys = keys;
        String architecture = keys.text("general.architecture");
        if (!architecture.equals("llama")) {
            throw new CheckpointException(
                    keys.file(),
                    "general.architecture is \"" + JsonObject.shorten(architecture)
                            + "\"; only \"llama\" is supported");
        }
        if (keys.integer("split.count", 0, 1 << 16, 1) > 1) {
            throw new CheckpointException(
                    keys.file(),
                    "is one part of a split model (split.count); join its parts with gguf-split --merge first");
        }
        if (keys.integer("llama.expert_count", 0, 1 << 20, 0) > 0) {
            throw new CheckpointException(
                    keys.file(), "llama.expert_count describes a mixture of experts, which is not supported");
        }
    }

    /** Alignment of the tensors' data in bytes: a power of two of at least 8. */
    static long alignment(GgufMetadata keys) {
        long alignment = keys.integer("general.alignment", 1, MAX_ALIGNMENT, 32);
        if (alignment < 8 || Long.bitCount(alignment) != 1) {
            throw new CheckpointException(
                    keys.file(), "general.alignment is " + alignment + ", expected a power of two from 8");
        }
        return alignment;
    }

    Hyperparameters hyperparameters(Map<String, StoredTensor> tensors) {
        int hiddenSize = (int) keys.integer("llama.embedding_length", 1, 1 << 20);
        int heads = (int) keys.integer("llama.attention.head_count", 1, 1 << 16);
        if (hiddenSize % heads != 0 && !keys.has("llama.attention.key_length")) {
            throw new CheckpointException(
                    keys.file(),
                    "llama.attention.head_count " + heads + " does not divide llama.embedding_length " + hiddenSize);
        }
        int headDim = (int) keys.integer("llama.attention.key_length", 2, 1 << 16, hiddenSize / heads);
        String same = "llama.attention.value_length";
        if (keys.integer(same, 0, Integer.MAX_VALUE, headDim) != headDim) {
            throw new CheckpointException(
                    keys.file(),
                    same + " is " + keys.integer(same, 0, Integer.MAX_VALUE) + ", but the head dim is " + headDim);
        }
        Rope rope = GgufRope.read(keys, "llama", tensors, headDim);
        int vocabulary = keys.textCount("tokenizer.ggml.tokens", GgufTokenizer.MAX_TOKENS);
        if (keys.integer("llama.vocab_size", 0, Integer.MAX_VALUE, vocabulary) != vocabulary) {
            throw new CheckpointException(
                    keys.file(),
                    "llama.vocab_size is " + keys.integer("llama.vocab_size", 0, Integer.MAX_VALUE)
                            + ", but tokenizer.ggml.tokens has " + vocabulary);
        }
        try {
            return new Hyperparameters(
                            hiddenSize,
                            (int) keys.integer("llama.feed_forward_length", 1, 1 << 24),
                            (int) keys.integer("llama.block_count", 1, 1 << 12),
                            heads,
                            (int) keys.integer("llama.attention.head_count_kv", 1, heads, heads),
                            headDim,
                            vocabulary,
                            (int) keys.integer("llama.context_length", 1, 1 << 30),
                            (float) keys.number("llama.attention.layer_norm_rms_epsilon", Float.MIN_NORMAL, 0.5),
                            rope.base())
                    .withRope(rope);
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(keys.file(), String.valueOf(e.getMessage()), e);
        }
    }

    TokenizerData tokenizer() {
        return GgufTokenizer.read(keys);
    }
}
