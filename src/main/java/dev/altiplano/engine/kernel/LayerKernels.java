package dev.altiplano.engine.kernel;

import java.lang.foreign.MemorySegment;

/**
 * What a backend computes apart from matrix products. Arguments are checked before memory is touched; the thread of the engine calls,
 * the worker pool helps.
 */
public interface LayerKernels {

    /**
     * {@code out = x / sqrt(mean(x²) + epsilon) · weight} for each row (Zhang and Sennrich 2019).
     *
     * @param x F32 [rows, size]
     * @param weight F32 [size]
     * @param out F32 [rows, size]; may be {@code x}
     */
    void rmsNorm(MemorySegment x, MemorySegment weight, float epsilon, MemorySegment out, int rows, int size);

    /**
     * Rotates queries and keys by their positions (Su et al. 2021, neighbouring pairs) and stores keys and values in the KV memory.
     *
     * @param rows whose queries are rotated in place
     * @param cosSin F32 [positions, headDim]: cos and sin of each pair side by side
     */
    void rotateAndStore(LayerRows rows, MemorySegment cosSin);

    /**
     * Causal grouped-query attention of each row over all positions up to its own, cut every 256 positions and merged in the
     * order of positions (online softmax, Milakov and Gimelshein 2018); which KV blocks hold them, and how large those are,
     * changes nothing.
     *
     * @param rows as {@link #rotateAndStore} left them
     * @param window positions that a row sees, itself the last of them; 0 where it sees all before it. KV blocks that lie before the
     *     windows of all rows are not used, whatever the block lists name there
     * @param out F32 [rows, heads · headDim]
     */
    void attention(LayerRows rows, int window, MemorySegment out);

    /** The same, where each row sees all before it. */
    default void attention(LayerRows rows, MemorySegment out) {
        attention(rows, 0, out);
    }

    /**
     * {@code out = silu(gate) · up} (Shazeer 2020).
     *
     * @param gateUp F32 [rows, 2 · size]: gate, then up, of each row
     * @param out F32 [rows, size]
     */
    void swiGlu(MemorySegment gateUp, MemorySegment out, int rows, int size);

    /**
     * The {@code k} largest of {@code size} numbers, largest first, the smaller index first among equals; NaN counts as negative
     * infinity. Uses the calling thread alone.
     *
     * @param values F32, read from {@code offsetBytes}
     * @param indices receives the indices of the k largest
     * @return how many there are: {@code min(k, size)}
     */
    int topK(MemorySegment values, long offsetBytes, int size, int k, int[] indices);

    /** The natural logarithm of Σ exp(value) over {@code size} F32 numbers, summed in double precision in a fixed order. */
    double logSumExp(MemorySegment values, long offsetBytes, int size);

    /**
     * {@code out[i] = exp((value[i] - max) / temperature)}; NaN counts as negative infinity. Uses the calling thread alone.
     *
     * @param values F32, read from {@code offsetBytes}
     * @param out F32 [size]
     * @return the sum of {@code out}, in double precision in a fixed order
     */
    double softmax(MemorySegment values, long offsetBytes, int size, float temperature, MemorySegment out);
}
