package dev.altiplano.engine.kernel;

import java.lang.foreign.MemorySegment;

/**
 * The rows of a step in one layer's attention, and the KV memory that they write to and see.
 *
 * @param qkv F32 [rows, (heads + 2 · kvHeads) · headDim]: queries, keys, values of each row
 * @param heads query heads
 * @param kv the KV memory
 * @param shape the layout of {@code kv}
 * @param layer which layer of {@code kv}
 * @param batch position and KV blocks of each row
 */
public record LayerRows(MemorySegment qkv, int heads, MemorySegment kv, KvShape shape, int layer, RowBatch batch) {

    /** Query heads that share a KV head. */
    public int group() {
        return heads / shape.kvHeads();
    }

    /** Floats of a row of {@code qkv}. */
    public long rowSize() {
        return (heads + 2L * shape.kvHeads()) * shape.headDim();
    }
}
