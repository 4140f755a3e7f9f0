package dev.altiplano.engine.model;

import dev.altiplano.engine.kernel.PackedMatrix;
import dev.altiplano.engine.kernel.WeightFormat;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The weights of a LLaMA model, packed as the kernels read them, all in one piece of memory.
 *
 * @param embedding token embeddings, [vocabulary, hidden] row-major
 * @param embeddingFormat how they are held
 * @param layers the transformer layers
 * @param norm F32 [hidden], before the output
 * @param output [vocabulary, hidden]
 * @param bytesByFormat bytes held in each format
 */
public record LlamaWeights(
        MemorySegment embedding,
        WeightFormat embeddingFormat,
        List<Layer> layers,
        MemorySegment norm,
        PackedMatrix[] output,
        Map<WeightFormat, Long> bytesByFormat) {

    /**
     * One transformer layer.
     *
     * @param attentionNorm F32 [hidden]
     * @param qkv queries [heads · headDim, hidden], keys and values [kvHeads · headDim, hidden]
     * @param attentionOutput [hidden, heads · headDim]
     * @param attentionBiases what is added to the products of attention
     * @param feedForwardNorm F32 [hidden]
     * @param feedForward what follows attention
     */
    public record Layer(
            MemorySegment attentionNorm,
            PackedMatrix[] qkv,
            PackedMatrix[] attentionOutput,
            AttentionBiases attentionBiases,
            MemorySegment feedForwardNorm,
            FeedForward feedForward) {}

    /** Biases of attention, F32, as wide as the product that each belongs to; null where there is none. */
    public record AttentionBiases(
            @Nullable MemorySegment query,
            @Nullable MemorySegment key,
            @Nullable MemorySegment value,
            @Nullable MemorySegment output) {}

    /** What follows attention in a layer. */
    public sealed interface FeedForward {}

    /**
     * One feed-forward layer.
     *
     * @param gateUp gate and up, [intermediate, hidden] each
     * @param down [hidden, intermediate]
     * @param gateBias F32 [intermediate], or null; so is {@code upBias}
     * @param downBias F32 [hidden], or null
     */
    public record Dense(
            PackedMatrix[] gateUp,
            PackedMatrix[] down,
            @Nullable MemorySegment gateBias,
            @Nullable MemorySegment upBias,
            @Nullable MemorySegment downBias)
            implements FeedForward {}

    /**
     * Several feed-forward layers, of which each row goes through a few.
     *
     * @param router [experts, hidden]
     * @param experts one for each row of the router
     */
    public record Mixture(PackedMatrix[] router, List<Dense> experts) implements FeedForward {}
}
