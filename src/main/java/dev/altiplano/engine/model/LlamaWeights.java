package dev.altiplano.engine.model;

import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.kernel.Kernels;
import dev.altiplano.engine.kernel.PackedMatrix;
import dev.altiplano.engine.kernel.WeightFormat;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

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

    /**
     * Packs all weights of {@code checkpoint} as planned.
     *
     * @param memory as many bytes as planned, from {@link Kernels#allocate}
     * @param progress is given the bytes of each tensor that has been packed
     */
    public static LlamaWeights pack(
            Checkpoint checkpoint, Kernels kernels, WeightPlan plan, MemorySegment memory, LongConsumer progress) {
        new WeightPacking(checkpoint, kernels, memory, progress).pack(plan);
        return of(plan, memory);
    }

    /** The weights that {@code memory} holds as planned. */
    public static LlamaWeights of(WeightPlan plan, MemorySegment memory) {
        Map<WeightFormat, Long> bytes = new EnumMap<>(WeightFormat.class);
        for (WeightPlan.Part part : plan.parts()) {
            bytes.merge(part.format(), part.bytes(), Long::sum);
        }
        Cutter next = new Cutter(plan.parts().iterator(), memory);
        WeightFormat embeddingFormat = plan.parts().getFirst().format();
        MemorySegment embedding = next.segment();
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < plan.layers(); i++) {
            layers.add(new Layer(
                    next.segment(),
                    next.matrices(3),
                    next.matrices(1),
                    next.segment(),
                    next.matrices(2),
                    next.matrices(1)));
        }
        return new LlamaWeights(
                embedding, embeddingFormat, List.copyOf(layers), next.segment(), next.matrices(1), bytes);
    }

    /** Cuts memory into the parts of a plan, in their order. */
    private record Cutter(Iterator<WeightPlan.Part> parts, MemorySegment memory) {

        MemorySegment segment() {
            WeightPlan.Part part = parts.next();
            return memory.asSlice(part.offset(), part.bytes());
        }

        PackedMatrix[] matrices(int count) {
            PackedMatrix[] stack = new PackedMatrix[count];
            for (int i = 0; i < count; i++) {
                WeightPlan.Part part = parts.next();
                stack[i] = new PackedMatrix(
                        part.format(), part.rows(), part.columns(), memory.asSlice(part.offset(), part.bytes()));
            }
            return stack;
        }
    }
}
