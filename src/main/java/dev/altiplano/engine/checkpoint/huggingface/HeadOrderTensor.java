package dev.altiplano.engine.checkpoint.huggingface;

import dev.altiplano.engine.checkpoint.tensor.Tensor;
import dev.altiplano.engine.checkpoint.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** A query or key projection of a Hugging Face folder with its rows put back in the official order. */
public final class HeadOrderTensor implements Tensor {

    private final Tensor stored;
    private final HeadOrder order;

    public HeadOrderTensor(Tensor stored, HeadOrder order) {
        this.stored = stored;
        this.order = order;
    }

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
        return stored.rows();
    }

    @Override
    public int columns() {
        return stored.columns();
    }

    @Override
    public Tensor compact() {
        return new HeadOrderTensor(stored.compact(), order);
    }

    @Override
    public void read(int firstRow, int count, MemorySegment target, long targetOffset) {
        Objects.checkFromIndexSize(firstRow, count, rows());
        long rowBytes = rowBytes();
        for (int row = 0; row < count; row++) {
            int source = order.stored(firstRow + row);
            stored.read(source, 1, target, targetOffset + row * rowBytes);
        }
    }
}
