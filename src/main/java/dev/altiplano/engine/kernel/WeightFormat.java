package dev.altiplano.engine.kernel;

import java.util.List;

/**
 * How weights are held, named as in GGUF. A quant block is {@link #blockElements()} weights that share a scale and take
 * {@link #blockBytes()} bytes in a file.
 */
public enum WeightFormat {
    F32(1, 4),
    F16(1, 2),
    BF16(1, 2),
    Q8_0(32, 34),
    Q4_0(32, 18),
    Q4_1(32, 20),
    Q5_0(32, 22),
    Q5_1(32, 24),
    Q2_K(256, 84),
    Q3_K(256, 110),
    Q4_K(256, 144),
    Q5_K(256, 176),
    Q6_K(256, 210);

    /** Formats in which weights can be held whatever they are stored in, the most exact first. */
    public static final List<WeightFormat> TARGETS = List.of(F32, F16, BF16, Q8_0, Q6_K, Q5_K, Q4_K, Q4_0);

    private final int blockElements;
    private final int blockBytes;

    WeightFormat(int blockElements, int blockBytes) {
        this.blockElements = blockElements;
        this.blockBytes = blockBytes;
    }

    /** Weights in one quant block. */
    public int blockElements() {
        return blockElements;
    }

    /** Bytes of one quant block as files store it. */
    public int blockBytes() {
        return blockBytes;
    }

    /** Whether a row of {@code columns} weights is a whole number of quant blocks. */
    public boolean fits(int columns) {
        return columns % blockElements == 0;
    }

    /** Bytes of a row of {@code columns} weights as files store it. */
    public long rowBytes(int columns) {
        return (long) (columns / blockElements) * blockBytes;
    }

    /** Whether weights are small integers with scales, so that a product takes int8 activations. */
    public boolean quantized() {
        return blockElements > 1;
    }

    /**
     * This format where a row of {@code columns} weights is a whole number of its quant blocks, else the nearest one that takes
     * such a row and is no coarser: Q8_0, and F16 where 32 does not divide the columns either.
     */
    public WeightFormat fitting(int columns) {
        return fits(columns) ? this : Q8_0.fits(columns) ? Q8_0 : F16;
    }

    /**
     * This format where kernels compute with it, else the one that takes its place: Q5_0 is held as Q8_0 and Q3_K as Q6_K without
     * any change of value; Q4_1, Q5_1 and Q2_K are rounded to Q8_0.
     */
    public WeightFormat nativeFormat() {
        return switch (this) {
            case F32, F16, BF16, Q8_0, Q4_0, Q4_K, Q5_K, Q6_K -> this;
            case Q3_K -> Q6_K;
            case Q4_1, Q5_0, Q5_1, Q2_K -> Q8_0;
        };
    }
}
