package dev.altiplano.engine.checkpoint.gguf;

import dev.altiplano.engine.checkpoint.tensor.Tensor;
import dev.altiplano.engine.checkpoint.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Objects;

/** A vector of F32 that is computed and not read from a file. */
record NumbersTensor(String name, List<Double> numbers) implements Tensor {

    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    @Override
    public TensorType type() {
        return TensorType.F32;
    }

    @Override
    public int rows() {
        return 1;
    }

    @Override
    public int columns() {
        return numbers.size();
    }

    @Override
    public void read(int firstRow, int rows, MemorySegment target, long targetOffset) {
        Objects.checkFromIndexSize(firstRow, rows, 1);
        for (int i = 0; i < rows * columns(); i++) {
            target.set(F32, targetOffset + 4L * i, numbers.get(i).floatValue());
        }
    }
}
