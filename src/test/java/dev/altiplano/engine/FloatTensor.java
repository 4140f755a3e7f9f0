package dev.altiplano.engine;

import dev.altiplano.engine.checkpoint.tensor.Tensor;
import dev.altiplano.engine.checkpoint.tensor.TensorType;
import java.lang.foreign.MemorySegment;

/**
 * A tensor that a test made up.
 *
 * @param values F32 [rows, columns]
 */
public record FloatTensor(String name, int rows, int columns, float[] values) implements Tensor {

    @Override
    public TensorType type() {
        return TensorType.F32;
    }

    @Override
    public void read(int firstRow, int count, MemorySegment target, long targetOffset) {
        MemorySegment.copy(
                MemorySegment.ofArray(values), 4L * firstRow * columns, target, targetOffset, 4L * count * columns);
    }
}
