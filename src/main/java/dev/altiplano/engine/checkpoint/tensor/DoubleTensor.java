package dev.altiplano.engine.checkpoint.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;

/** A matrix of 64-bit floats, rows one after the other, each number rounded to F32 when it is read. */
record DoubleTensor(String name, int rows, int columns, MemorySegment storage) implements Tensor {

    private static final ValueLayout.OfDouble F64 =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    @Override
    public TensorType type() {
        return TensorType.F32;
    }

    @Override
    public void read(int firstRow, int count, MemorySegment target, long targetOffset) {
        Objects.checkFromIndexSize(firstRow, count, rows);
        long first = (long) firstRow * columns;
        for (long i = 0; i < (long) count * columns; i++) {
            target.set(F32, targetOffset + i * 4, (float) storage.get(F64, (first + i) * 8));
        }
    }
}
