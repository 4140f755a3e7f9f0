package dev.altiplano.engine.checkpoint.tensor;

import java.lang.foreign.MemorySegment;

/** A tensor under another name. */
record RenamedTensor(Tensor stored, String name) implements Tensor {

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
        return new RenamedTensor(stored.compact(), name);
    }

    @Override
    public void read(int firstRow, int count, MemorySegment target, long targetOffset) {
        stored.read(firstRow, count, target, targetOffset);
    }
}
