package dev.altiplano.engine.kernel.quant;

/**
 * How one format is stored: its quant blocks are read as numbers, and as the small integers and scales that they are made of,
 * which packing only lays out again.
 *
 * <p>Layouts as ggml defines them (ggml-common.h and ggml-quants.c of llama.cpp, and gguf-py).
 */
interface StoredFormat {

    /** Converts the block at {@code at} to floats. */
    void dequantize(byte[] in, int at, float[] out, int to);

    /** Whether its integers and scales are what its native format holds; else it is rounded to that one. */
    default boolean keepsIntegers() {
        return true;
    }

    /** Writes the integers of a block as packing holds them: not negative, or the codes of a coded format. */
    default void integers(byte[] in, int at, byte[] out, int to) {
        throw new IllegalArgumentException(this + " has no integers to lay out");
    }

    /** The F16 bits of the scale of a whole block; the exponent where packing wants that. */
    default short d(byte[] in, int at) {
        throw new IllegalArgumentException(this + " has no scale");
    }

    /** The F16 bits of what minima of a block are multiplied with. */
    default short dmin(byte[] in, int at) {
        return 0;
    }

    /** Scale {@code j} within a block, one for 32 or for 16 weights. */
    default int scale(byte[] in, int at, int j) {
        return 1;
    }

    /** Minimum {@code j} within a block. */
    default int minimum(byte[] in, int at, int j) {
        return 0;
    }

    /** Sets the scale of a whole block whose bytes are random otherwise. */
    void setScale(byte[] block, int at, float d);
}
