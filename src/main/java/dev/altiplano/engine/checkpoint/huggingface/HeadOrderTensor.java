package dev.altiplano.engine.checkpoint.huggingface;

import dev.altiplano.engine.checkpoint.Tensor;
import dev.altiplano.engine.checkpoint.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * A query or key projection of a Hugging Face folder with its rows put back in the official order. Hugging Face rotates the
 * two halves of a head against each other and therefore stores the official rows 2k and 2k + 1 of a head as its rows k and
 * k + headDim / 2.
 */
public final class HeadOrderTensor implements Tensor {

    private final Tensor stored;
    private final int headDim;

    public HeadOrderTensor(Tensor stored, int headDim) {
        this.stored = stored;
        this.headDim = headDim;
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
        return new HeadOrderTensor(stored.compact(), headDim);
    }

    @Override
    public void read(int firstRow, int count, MemorySegment target, long targetOffset) {
        Objects.checkFromIndexSize(firstRow, count, rows());
        long rowBytes = rowBytes();
        for (int row = 0; row < count; row++) {
            int official = firstRow + row;
            int inHead = official % headDim;
            int source = official - inHead + inHead / 2 + (inHead % 2) * (headDim / 2);
            stored.read(source, 1, target, targetOffset + row * rowBytes);
        }
    }
}
