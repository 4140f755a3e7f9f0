package dev.altiplano.engine.kernel;

import java.util.List;

/**
 * How weights are held, named as in GGUF. A quant block is {@link #blockElements()} weights that share a scale and take
 * {@link #blockBytes()} bytes in a file.
 */
public enum WeightFormat {
    F32(1, 4, Packing.F32),
    F16(1, 2, Packing.F16),
    BF16(1, 2, Packing.BF16),
    Q8_0(32, 34, Packing.Q8_0),
    Q4_0(32, 18, Packing.Q4_0),
    Q4_1(32, 20, Packing.Q8_0),
    Q5_0(32, 22, Packing.Q8_0),
    Q5_1(32, 24, Packing.Q8_0),
    Q2_K(256, 84, Packing.Q8_0),
    Q3_K(256, 110, Packing.Q6_K),
    Q4_K(256, 144, Packing.Q4_K),
    Q5_K(256, 176, Packing.Q5_K),
    Q6_K(256, 210, Packing.Q6_K),
    Q8_K(256, 292, Packing.Q8_0),
    IQ1_S(256, 50, Packing.CODED_K, Codebook.IQ1),
    IQ1_M(256, 56, Packing.CODED_16, Codebook.IQ1),
    IQ2_XXS(256, 66, Packing.CODED_K, Codebook.IQ2),
    IQ2_XS(256, 74, Packing.CODED_16, Codebook.IQ2),
    IQ2_S(256, 82, Packing.CODED_16, Codebook.IQ2),
    IQ3_XXS(256, 98, Packing.CODED_K, Codebook.IQ3_XXS),
    IQ3_S(256, 110, Packing.CODED_K, Codebook.IQ3_S),
    IQ4_NL(32, 18, Packing.CODED, Codebook.IQ4),
    IQ4_XS(256, 136, Packing.CODED_K, Codebook.IQ4),
    TQ1_0(256, 54, Packing.CODED_K, Codebook.TERNARY),
    TQ2_0(256, 66, Packing.CODED_K, Codebook.TERNARY),
    MXFP4(32, 17, Packing.CODED_E8M0, Codebook.E2M1);

    /** Formats in which weights can be held whatever they are stored in, the most exact first. */
    public static final List<WeightFormat> TARGETS = List.of(F32, F16, BF16, Q8_0, Q6_K, Q5_K, Q4_K, Q4_0);

    private final int blockElements;
    private final int blockBytes;
    private final Packing packing;
    private final Codebook codebook;

    WeightFormat(int blockElements, int blockBytes, Packing packing) {
        this(blockElements, blockBytes, packing, Codebook.NONE);
    }

    WeightFormat(int blockElements, int blockBytes, Packing packing, Codebook codebook) {
        this.blockElements = blockElements;
        this.blockBytes = blockBytes;
        this.packing = packing;
        this.codebook = codebook;
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
     * This format where kernels compute with it, else the one that takes its place: Q5_0 and Q8_K are held as Q8_0 and Q3_K as
     * Q6_K without any change of their integers; Q4_1, Q5_1 and Q2_K are rounded to Q8_0.
     */
    public WeightFormat nativeFormat() {
        return packing.coded() ? this : valueOf(packing.name());
    }

    /** How the {@linkplain #nativeFormat native format} lies in packed matrices. */
    public Packing packing() {
        return packing;
    }

    /** What codes stand for where the packing is {@linkplain Packing#coded coded}. */
    public Codebook codebook() {
        return codebook;
    }
}
