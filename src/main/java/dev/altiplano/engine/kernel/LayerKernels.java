package dev.altiplano.engine.kernel;

import java.lang.foreign.MemorySegment;

/** What a backend computes apart from matrix products: these methods of {@link Kernels}, arguments checked. */
interface LayerKernels {

    void rmsNorm(MemorySegment x, MemorySegment weight, float epsilon, MemorySegment out, int rows, int size);

    void rotateAndStore(
            MemorySegment qkv,
            int heads,
            MemorySegment cosSin,
            MemorySegment kv,
            KvShape shape,
            int layer,
            RowBatch batch);

    void attention(
            MemorySegment qkv,
            int heads,
            MemorySegment kv,
            KvShape shape,
            int layer,
            RowBatch batch,
            MemorySegment out);

    void swiGlu(MemorySegment gateUp, MemorySegment out, int rows, int size);

    int topK(MemorySegment values, long offsetBytes, int size, int k, int[] indices);

    double logSumExp(MemorySegment values, long offsetBytes, int size);

    double softmax(MemorySegment values, long offsetBytes, int size, float temperature, MemorySegment out);
}
