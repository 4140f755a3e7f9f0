package dev.altiplano.engine.checkpoint.huggingface;

import dev.altiplano.engine.checkpoint.tensor.Tensor;
import dev.altiplano.engine.checkpoint.tensor.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** The bias of a query or key projection with its elements put back in the official order, as {@link HeadOrderTensor} does with rows. */
record HeadOrderVector(Tensor stored, HeadOrder order) implements Tensor {

    @Override
    public String name() {
        return stored.name();
    }

    @Override
    public TensorType type() {
        return stored.type();
    }

    @Override
    public int rows() {
        return 1;
    }

    @Override
    public int columns() {
        return stored.columns();
    }

    @Override
    public void read(int firstRow, int rows, MemorySegment target, long targetOffset) {
        Objects.checkFromIndexSize(firstRow, rows, 1);
        long bytes = type().bytes();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment read = arena.allocate(stored.byteSize(), 64);
            stored.read(0, rows, read, 0);
            for (int i = 0; i < rows * columns(); i++) {
                MemorySegment.copy(read, order.stored(i) * bytes, target, targetOffset + i * bytes, bytes);
            }
        }
    }
}
