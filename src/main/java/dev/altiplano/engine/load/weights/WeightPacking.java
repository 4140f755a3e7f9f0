package dev.altiplano.engine.load.weights;

import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.TensorShape;
import dev.altiplano.engine.checkpoint.tensor.Tensor;
import dev.altiplano.engine.kernel.PackedMatrix;
import dev.altiplano.engine.kernel.WeightFormat;
import dev.altiplano.engine.kernel.quant.Packer;
import dev.altiplano.engine.kernel.quant.RowSource;
import dev.altiplano.engine.kernel.quant.TableWriter;
import dev.altiplano.engine.model.LlamaWeights;
import dev.altiplano.engine.os.WorkerPool;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Fills the memory of a model's weights from its checkpoint, tensor after tensor; the workers share each. */
public final class WeightPacking {

    private final Checkpoint checkpoint;
    private final WorkerPool workers;
    private final MemorySegment memory;
    private final LongConsumer progress;

    /**
     * @param progress is given the bytes of each tensor that has been read
     */
    WeightPacking(Checkpoint checkpoint, WorkerPool workers, MemorySegment memory, LongConsumer progress) {
        this.checkpoint = checkpoint;
        this.workers = workers;
        this.memory = memory;
        this.progress = progress;
    }

    void pack(WeightPlan plan) {
        for (WeightPlan.Part part : plan.parts()) {
            Tensor exact = checkpoint.tensor(part.name());
            boolean compact = part.format() == WeightPlan.stored(exact.compact());
            Tensor tensor = compact ? exact.compact() : exact;
            MemorySegment target = memory.asSlice(part.offset(), part.bytes());
            FiniteWeights finite = new FiniteWeights(tensor);
            RowSource rows = finite.rows();
            switch (part.kind()) {
                case TABLE ->
                    TableWriter.write(
                            rows,
                            part.rows(),
                            part.columns(),
                            WeightPlan.stored(tensor),
                            part.format(),
                            target,
                            workers);
                case MATRIX ->
                    Packer.pack(
                            rows,
                            part.rows(),
                            part.columns(),
                            WeightPlan.stored(tensor),
                            part.format(),
                            target,
                            workers);
                case VECTOR -> widen(tensor, rows, target);
            }
            finite.require(checkpoint);
            progress.accept(tensor.byteSize());
        }
    }

    private static void widen(Tensor tensor, RowSource rows, MemorySegment vector) {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment raw = scratch.allocate(tensor.byteSize(), 64);
            rows.read(0, 1, raw);
            for (int i = 0; i < tensor.columns(); i++) {
                float value = switch (tensor.type()) {
                    case F32 -> raw.getAtIndex(ValueLayout.JAVA_FLOAT, i);
                    case F16 -> Float.float16ToFloat(raw.getAtIndex(ValueLayout.JAVA_SHORT, i));
                    case BF16 -> Float.intBitsToFloat(raw.getAtIndex(ValueLayout.JAVA_SHORT, i) << 16);
                    default ->
                        throw new IllegalArgumentException(tensor.name() + " is a vector stored as " + tensor.type()
                                + ": F32, F16 or BF16 can be read");
                };
                vector.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
            }
        }
    }

    /**
     * Packs all weights of {@code checkpoint} as planned.
     *
     * @param memory as many bytes as planned
     * @param progress is given the bytes of each tensor that has been packed
     */
    public static LlamaWeights pack(
            Checkpoint checkpoint, WorkerPool workers, WeightPlan plan, MemorySegment memory, LongConsumer progress) {
        new WeightPacking(checkpoint, workers, memory, progress).pack(plan);
        return of(plan, memory);
    }

    /** The weights that {@code memory} holds as planned. */
    static LlamaWeights of(WeightPlan plan, MemorySegment memory) {
        Map<WeightFormat, Long> bytes = new EnumMap<>(WeightFormat.class);
        for (WeightPlan.Part part : plan.parts()) {
            bytes.merge(part.format(), part.bytes(), Long::sum);
        }
        Cutter next = new Cutter(plan.parts(), memory);
        WeightFormat embeddingFormat = plan.parts().getFirst().format();
        MemorySegment embedding = next.segment();
        List<LlamaWeights.Layer> layers = new ArrayList<>();
        for (int i = 0; i < plan.layers(); i++) {
            layers.add(new LlamaWeights.Layer(
                    next.segment(),
                    next.matrices(3),
                    next.matrices(1),
                    new LlamaWeights.AttentionBiases(
                            next.bias("attn_q"), next.bias("attn_k"), next.bias("attn_v"), next.bias("attn_output")),
                    next.segment(),
                    feedForward(next)));
        }
        return new LlamaWeights(
                embedding, embeddingFormat, List.copyOf(layers), next.segment(), next.matrices(1), bytes);
    }

    private static LlamaWeights.FeedForward feedForward(Cutter next) {
        if (!next.comes(TensorShape.ROUTER)) {
            return dense(next);
        }
        PackedMatrix[] router = next.matrices(1);
        List<LlamaWeights.Dense> experts = new ArrayList<>();
        for (int i = 0; i < router[0].rows(); i++) {
            experts.add(dense(next));
        }
        return new LlamaWeights.Mixture(router, List.copyOf(experts));
    }

    private static LlamaWeights.Dense dense(Cutter next) {
        return new LlamaWeights.Dense(
                next.matrices(2), next.matrices(1), next.bias("ffn_gate"), next.bias("ffn_up"), next.bias("ffn_down"));
    }

    /** Cuts memory into the parts of a plan, in their order. */
    private static final class Cutter {

        private final List<WeightPlan.Part> parts;
        private final MemorySegment memory;
        private int next;

        Cutter(List<WeightPlan.Part> parts, MemorySegment memory) {
            this.parts = parts;
            this.memory = memory;
        }

        /** Whether the next part is a tensor whose name ends so. */
        boolean comes(String name) {
            return parts.get(next).name().endsWith("." + name);
        }

        MemorySegment segment() {
            WeightPlan.Part part = parts.get(next++);
            return memory.asSlice(part.offset(), part.bytes());
        }

        @Nullable
        MemorySegment bias(String of) {
            return comes(of + ".bias") ? segment() : null;
        }

        PackedMatrix[] matrices(int count) {
            PackedMatrix[] stack = new PackedMatrix[count];
            for (int i = 0; i < count; i++) {
                WeightPlan.Part part = parts.get(next);
                stack[i] = new PackedMatrix(part.format(), part.rows(), part.columns(), segment());
            }
            return stack;
        }
    }
}
