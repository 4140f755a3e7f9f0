package dev.altiplano.engine.model;

import dev.altiplano.engine.kernel.PackedMatrix;
import dev.altiplano.engine.kernel.WeightFormat;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;

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
     * @param feedForwardNorm F32 [hidden]
     * @param gateUp gate and up, [intermediate, hidden] each
     * @param down [hidden, intermediate]
     */
    public record Layer(
            MemorySegment attentionNorm,
            PackedMatrix[] qkv,
            PackedMatrix[] attentionOutput,
            MemorySegment feedForwardNorm,
            PackedMatrix[] gateUp,
            PackedMatrix[] down) {}
}
