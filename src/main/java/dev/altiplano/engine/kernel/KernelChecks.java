package dev.altiplano.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;

/** Checks that what a kernel is about to touch lies inside its segments, for all backends; native code trusts them. */
public final class KernelChecks {

    private KernelChecks() {}

    public static void rmsNorm(MemorySegment x, MemorySegment weight, MemorySegment out, int rows, int size) {
        counts(rows, size);
        floats(x, "x", (long) rows * size);
        floats(weight, "weight", size);
        floats(out, "out", (long) rows * size);
    }

    public static void swiGlu(MemorySegment gateUp, MemorySegment out, int rows, int size) {
        counts(rows, size);
        floats(gateUp, "gateUp", 2L * rows * size);
        floats(out, "out", (long) rows * size);
    }

    /** For {@link Kernels#topK} and {@link Kernels#logSumExp}. */
    public static void values(MemorySegment values, long offsetBytes, int size) {
        if (offsetBytes < 0 || offsetBytes % 4 != 0) {
            throw new IllegalArgumentException(
                    "offsetBytes = " + offsetBytes + ": must be a multiple of 4, not negative");
        }
        counts(1, size);
        if (values.byteSize() - offsetBytes < 4L * size) {
            throw small("values", values, offsetBytes + 4L * size);
        }
    }

    public static void topK(MemorySegment values, long offsetBytes, int size, int k, int[] indices) {
        values(values, offsetBytes, size);
        if (k < 0 || indices.length < Math.min(k, size)) {
            throw new IllegalArgumentException("k = " + k + " with room for " + indices.length + " indices");
        }
    }

    public static void rotateAndStore(LayerRows rows, MemorySegment cosSin) {
        heads(rows);
        long positions = cosSin.byteSize() / 4 / rows.shape().headDim();
        for (int row = 0; row < rows.batch().rows(); row++) {
            int position = rows.batch().positions().getAtIndex(JAVA_INT, row);
            if (position >= positions) {
                throw new IllegalArgumentException(
                        "row " + row + " is at position " + position + ", but there are angles for " + positions);
            }
        }
    }

    public static void attention(LayerRows rows, MemorySegment out) {
        heads(rows);
        floats(
                out,
                "out",
                (long) rows.batch().rows() * rows.heads() * rows.shape().headDim());
    }

    private static void heads(LayerRows rows) {
        KvShape shape = rows.shape();
        int heads = rows.heads();
        if (heads < 1 || heads % shape.kvHeads() != 0) {
            throw new IllegalArgumentException(heads + " heads cannot share " + shape.kvHeads() + " KV heads evenly");
        }
        if (rows.layer() < 0 || rows.layer() >= shape.layers()) {
            throw new IllegalArgumentException("layer " + rows.layer() + " of " + shape.layers());
        }
        floats(rows.qkv(), "qkv", rows.batch().rows() * rows.rowSize());
        if (rows.kv().byteSize() < shape.byteSize()) {
            throw small("kv", rows.kv(), shape.byteSize());
        }
        RowBatch batch = rows.batch();
        if (batch.lowestBlockId() < 0 || batch.highestBlockId() >= shape.blocks()) {
            throw new IllegalArgumentException("KV block ids " + batch.lowestBlockId() + " to " + batch.highestBlockId()
                    + " are not all inside the " + shape.blocks() + " blocks");
        }
        for (int row = 0; row < batch.rows(); row++) {
            int position = batch.positions().getAtIndex(JAVA_INT, row);
            long entry = batch.blockListOffsets().getAtIndex(JAVA_INT, row) + (long) (position / shape.blockTokens());
            if (entry >= batch.blockIdCount()) {
                throw new IllegalArgumentException(
                        "row " + row + " at position " + position + " lies behind the end of the KV block lists");
            }
        }
    }

    private static void counts(int rows, int size) {
        if (rows < 0 || size < 1) {
            throw new IllegalArgumentException(rows + " rows of " + size + " numbers");
        }
    }

    private static void floats(MemorySegment segment, String name, long count) {
        if (segment.byteSize() < 4 * count) {
            throw small(name, segment, 4 * count);
        }
    }

    private static IllegalArgumentException small(String name, MemorySegment segment, long needed) {
        return new IllegalArgumentException(name + " has " + segment.byteSize() + " bytes, needed are " + needed);
    }
}
