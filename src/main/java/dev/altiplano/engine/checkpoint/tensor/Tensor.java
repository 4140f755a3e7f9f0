package dev.altiplano.engine.checkpoint.tensor;

import java.lang.foreign.MemorySegment;

/**
 * One tensor of a checkpoint, whatever lies behind it: a mapped range, a strided view, shards that are joined by rows or by
 * columns, rows that are put back in the official order. A vector is a tensor of one row. Reading is thread-safe.
 */
public interface Tensor {

    /** The name that GGUF gives it, for example {@code blk.0.attn_q.weight}. */
    String name();

    TensorType type();

    int rows();

    int columns();

    /** Copies rows {@code [firstRow, firstRow + rows)} as they are stored, row after row without gaps, to {@code target} at {@code targetOffset} bytes. */
    void read(int firstRow, int rows, MemorySegment target, long targetOffset);

    /**
     * The same matrix in fewer bytes, where its exact values need F32 and its file holds them in less: rounded to F16. Itself
     * otherwise.
     */
    default Tensor compact() {
        return this;
    }

    /** Bytes of one row. */
    default long rowBytes() {
        return type().rowBytes(columns());
    }

    /** Bytes of the whole tensor. */
    default long byteSize() {
        return Math.multiplyExact(rowBytes(), (long) rows());
    }
}
