package dev.altiplano.engine.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The seam behind which everything is computed. One instance belongs to one engine: its thread calls, the worker pool helps.
 *
 * <p>Activations are F32 in native memory, row-major without gaps, in segments that the caller owns. Every result depends on
 * its own row alone: never on the number of rows beside it, on their order or on the number of threads. Products may be
 * computed in one way for prompt rows and in another for generated rows (see {@link RowBatch}); each way is fixed. Nothing is
 * allocated by a call other than {@link #pack}.
 */
public interface Kernels extends AutoCloseable {

    /**
     * Chooses the best backend that this machine and {@code options} allow, and starts its threads.
     *
     * @throws IllegalArgumentException when a backend asked for by name is unknown or does not run here, with the reason
     */
    static Kernels create(KernelOptions options) {
        return BackendChoice.create(options);
    }

    /** Which backend this is and why it was chosen. */
    Backend backend();

    /** The format in which weights stored as {@code format} are held when they are to keep their values: itself, or the nearest native one. */
    WeightFormat nativeFormat(WeightFormat format);

    /** Bytes that {@link #pack} allocates for a matrix to be held in {@code format}. */
    long packedBytes(WeightFormat format, int rows, int columns);

    /**
     * Lays a matrix out for {@link #linear}. Reads strips of rows, so that little more than the result is in memory; the workers
     * share the work.
     *
     * @param source rows in the {@code stored} format
     * @param stored how the source's rows are stored
     * @param held the format to hold them in: the stored one, or another to which they are converted; what is used, and the
     *     result says, is {@link WeightFormat#nativeFormat() its native} {@link WeightFormat#fitting fitting} one
     * @param arena owns the result
     */
    PackedMatrix pack(RowSource source, int rows, int columns, WeightFormat stored, WeightFormat held, Arena arena);

    /**
     * As {@link #pack(RowSource, int, int, WeightFormat, WeightFormat, Arena)}, into memory that the caller has.
     *
     * @param target {@link #packedBytes} bytes at a multiple of 64; every byte of it is written
     */
    PackedMatrix pack(
            RowSource source, int rows, int columns, WeightFormat stored, WeightFormat held, MemorySegment target);

    /**
     * Writes a table for {@link #embed}: rows one after the other as files store them, in the {@code stored} format or converted
     * to {@code held}. The workers share the work.
     *
     * @param target as many bytes as the rows take
     */
    void table(RowSource source, int rows, int columns, WeightFormat stored, WeightFormat held, MemorySegment target);

    /** The name of the layout that {@link #pack} writes: packed weights of another name are of no use to {@link #linear}. */
    String layout();

    /**
     * A linear layer: {@code out = in · Wᵀ}, or {@code out += in · Wᵀ} where {@code accumulate}. W is the matrices of {@code stack}
     * one below the other; they have the same number of columns.
     *
     * @param in F32 [rows, columns]
     * @param out F32 [rows, total rows of the stack]; apart from {@code in}
     * @param generatedRows how many rows, from the first, are generated rows
     */
    void linear(
            PackedMatrix[] stack, MemorySegment in, MemorySegment out, int rows, int generatedRows, boolean accumulate);

    /**
     * Looks token embeddings up.
     *
     * @param table the embedding as {@code format} stores it, [vocabulary, columns] row-major
     * @param ids int32 [rows], each inside the vocabulary
     * @param out F32 [rows, columns]
     */
    void embed(MemorySegment table, WeightFormat format, int columns, MemorySegment ids, int rows, MemorySegment out);

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
     * @param qkv F32 [rows, (heads + 2 · kvHeads) · headDim]: queries, keys, values of each row; queries are rotated in place
     * @param cosSin F32 [positions, headDim]: cos and sin of each pair side by side
     * @param kv the KV memory
     */
    void rotateAndStore(
            MemorySegment qkv,
            int heads,
            MemorySegment cosSin,
            MemorySegment kv,
            KvShape shape,
            int layer,
            RowBatch batch);

    /**
     * Causal grouped-query attention of each row over all positions up to its own, cut every 256 positions and merged in the
     * order of positions (online softmax, Milakov and Gimelshein 2018); which KV blocks hold them, and how large those are,
     * changes nothing.
     *
     * @param qkv as {@link #rotateAndStore} left it
     * @param out F32 [rows, heads · headDim]
     */
    void attention(
            MemorySegment qkv,
            int heads,
            MemorySegment kv,
            KvShape shape,
            int layer,
            RowBatch batch,
            MemorySegment out);

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

    /** Native memory of at least {@code bytes} bytes, zero-filled, 64-byte aligned, in huge pages where there are any. */
    default MemorySegment allocate(long bytes, Arena arena) {
        return arena.allocate(bytes, 64);
    }

    @Override
    void close();
}
