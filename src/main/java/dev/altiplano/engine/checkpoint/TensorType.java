package dev.altiplano.engine.checkpoint;

import org.jspecify.annotations.Nullable;

/**
 * How a tensor's elements are stored, named and numbered as in GGUF
 * (<a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">specification</a>). Elements come in quant blocks of
 * {@link #elements()} that take {@link #bytes()} bytes.
 */
public enum TensorType {
    F32(0, 1, 4),
    F16(1, 1, 2),
    Q4_0(2, 32, 18),
    Q4_1(3, 32, 20),
    Q5_0(6, 32, 22),
    Q5_1(7, 32, 24),
    Q8_0(8, 32, 34),
    Q2_K(10, 256, 84),
    Q3_K(11, 256, 110),
    Q4_K(12, 256, 144),
    Q5_K(13, 256, 176),
    Q6_K(14, 256, 210),
    BF16(30, 1, 2);

    private final int id;
    private final int elements;
    private final int bytes;

    TensorType(int id, int elements, int bytes) {
        this.id = id;
        this.elements = elements;
        this.bytes = bytes;
    }

    /** The type that GGUF files number {@code id}, or null. */
    public static @Nullable TensorType of(int id) {
        for (TensorType type : values()) {
            if (type.id == id) {
                return type;
            }
        }
        return null;
    }

    /** The number that GGUF files use. */
    public int id() {
        return id;
    }

    /** Elements in one quant block. */
    public int elements() {
        return elements;
    }

    /** Bytes of one quant block. */
    public int bytes() {
        return bytes;
    }

    /** Bytes of a row of {@code columns} elements; throws {@link ArithmeticException} where that is no whole number of blocks. */
    public long rowBytes(long columns) {
        if (columns % elements != 0) {
            throw new ArithmeticException(columns + " columns are no multiple of " + name() + "'s " + elements);
        }
        return Math.multiplyExact(columns / elements, (long) bytes);
    }
}
