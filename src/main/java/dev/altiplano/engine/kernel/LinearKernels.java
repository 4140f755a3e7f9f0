package dev.altiplano.engine.kernel;

import java.lang.foreign.MemorySegment;
import java.util.List;

/** How a backend multiplies. Arguments are checked before memory is touched. */
public interface LinearKernels {

    /** Bytes of native memory, at most, in which a backend prepares one activation. */
    int PREPARED_BYTES = 10;

    /** Bytes of native memory, at most, that a thread of a backend needs for itself. */
    long THREAD_BYTES = 736 << 10;

    /** Bytes of native memory, at most, that {@link #reserve} takes. */
    static long reservedBytes(int rows, int columns) {
        return (long) PREPARED_BYTES * roundedUp(rows, 16) * roundedUp(columns, 32);
    }

    private static long roundedUp(int count, int unit) {
        return (count + unit - 1L) / unit * unit;
    }

    /** Takes the memory for products of up to {@code rows} rows and {@code columns} columns, of which none then allocates. */
    default void reserve(int rows, int columns) {}

    /**
     * A linear layer: {@code out = in · Wᵀ}, or {@code out += in · Wᵀ} where {@code accumulate}. W is the matrices of {@code stack}
     * one below the other; they have the same number of columns.
     *
     * @param in F32 [rows, columns]
     * @param out F32 [rows, total rows of the stack]; apart from {@code in}
     * @param generatedRows how many rows, from the first, are generated rows
     */
    void multiply(
            PackedMatrix[] stack, MemorySegment in, MemorySegment out, int rows, int generatedRows, boolean accumulate);

    /** Several products in any order, each as {@link #multiply} computes it. */
    default void multiplyAll(List<LinearProduct> products) {
        for (LinearProduct each : products) {
            multiply(
                    new PackedMatrix[] {each.matrix()},
                    each.in(),
                    each.out(),
                    each.rows(),
                    each.rows(),
                    each.accumulate());
        }
    }

    /** Whether prompt rows times weights of this format are computed as generated rows are, to the last bit. */
    default boolean oneRule(WeightFormat format) {
        return true;
    }
}
