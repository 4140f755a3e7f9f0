package dev.altiplano.engine.model;

import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.Tensor;
import dev.altiplano.engine.kernel.Kernels;
import dev.altiplano.engine.kernel.RowSource;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.LongConsumer;

/** Fills the memory of a model's weights from its checkpoint, tensor after tensor; the kernels' workers share each. */
final class WeightPacking {

    private final Checkpoint checkpoint;
    private final Kernels kernels;
    private final MemorySegment memory;
    private final LongConsumer progress;

    /**
     * @param progress is given the bytes of each tensor that has been read
     */
    WeightPacking(Checkpoint checkpoint, Kernels kernels, MemorySegment memory, LongConsumer progress) {
        this.checkpoint = checkpoint;
        this.kernels = kernels;
        this.memory = memory;
        this.progress = progress;
    }

    void pack(WeightPlan plan) {
        for (WeightPlan.Part part : plan.parts()) {
            Tensor tensor = checkpoint.tensor(part.name());
            MemorySegment target = memory.asSlice(part.offset(), part.bytes());
            RowSource rows = (first, count, into) -> tensor.read(first, count, into, 0);
            switch (part.kind()) {
                case TABLE ->
                    kernels.table(rows, part.rows(), part.columns(), WeightPlan.stored(tensor), part.format(), target);
                case MATRIX ->
                    kernels.pack(rows, part.rows(), part.columns(), WeightPlan.stored(tensor), part.format(), target);
                case VECTOR -> widen(tensor, target);
            }
            progress.accept(tensor.byteSize());
        }
    }

    private static void widen(Tensor tensor, MemorySegment vector) {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment raw = scratch.allocate(tensor.byteSize(), 64);
            tensor.read(0, 1, raw, 0);
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
}
