package dev.altiplano.engine.kernel;

/**
 * How weights lie in a packed matrix, and all that every backend must know of each way: {@link PackedLayout} describes it, and
 * formats.h has the same facts for the kernels in C. A packing serves one {@link WeightFormat}, or several that differ in what
 * their codes stand for.
 */
public enum Packing {
    F32(0),
    F16(1),
    BF16(2),
    Q8_0(3, 512, 0, Scales.F16, 128, false),
    Q4_0(4, 256, 0, Scales.F16, 8, false),
    Q4_K(5, 256, 0, Scales.MINIMA, 0, false),
    Q5_K(6, 256, 64, Scales.MINIMA, 0, false),
    Q6_K(7, 256, 128, Scales.OF_16, 32, false),
    CODED(8, 256, 0, Scales.F16, 0, true),
    CODED_E8M0(9, 256, 0, Scales.E8M0, 0, true),
    CODED_K(10, 256, 0, Scales.SIX_BITS, 0, true),
    CODED_16(11, 256, 0, Scales.OF_16, 0, true);

    /** What the scales of a panel are. */
    public enum Scales {
        /** For each 32 columns F16. */
        F16,
        /** For each 32 columns the exponent of a power of two, a byte. */
        E8M0,
        /** For each 32 columns six bits, 32 added; F16 d. */
        SIX_BITS,
        /** For each 32 columns six bits and a minimum of six bits; F16 d and dmin. */
        MINIMA,
        /** For each 16 columns int8; F16 d. */
        OF_16;

        /** Bytes of the scales of a panel of {@code groups} groups of 32 columns. */
        int bytes(int groups) {
            return switch (this) {
                case F16 -> 32 * groups;
                case E8M0 -> 16 * groups;
                case SIX_BITS -> 128;
                case MINIMA -> 256;
                case OF_16 -> 288;
            };
        }
    }

    private final int code;
    private final int quantBytes;
    private final int bitBytes;
    private final Scales scales;
    private final int zero;
    private final boolean coded;

    Packing(int code) {
        this(code, 0, 0, Scales.F16, 0, false);
    }

    Packing(int code, int quantBytes, int bitBytes, Scales scales, int zero, boolean coded) {
        this.code = code;
        this.quantBytes = quantBytes;
        this.bitBytes = bitBytes;
        this.scales = scales;
        this.zero = zero;
        this.coded = coded;
    }

    /** The number by which kernels in C know it. */
    public int code() {
        return code;
    }

    /** Whether weights are small integers with scales. */
    public boolean quantized() {
        return quantBytes > 0;
    }

    /** Bytes of the integers of 32 columns: 512, or 256 where a byte holds two of them. */
    public int quantBytes() {
        return quantBytes;
    }

    /** Bytes of the upper bits of 32 columns, which lie behind the integers of all columns of a panel. */
    public int bitBytes() {
        return bitBytes;
    }

    /** What the scales of a panel are. */
    public Scales scales() {
        return scales;
    }

    /** What is added to the integers, so that none is negative. */
    public int zero() {
        return zero;
    }

    /** Whether integers are numbers of what they stand for in a {@link Codebook}. */
    public boolean coded() {
        return coded;
    }

    /** Bytes of a panel of {@code groups} groups of 32 columns. */
    public int panelBytes(int groups) {
        return ((quantBytes + bitBytes) * groups + scales.bytes(groups) + 63) / 64 * 64;
    }

    /** Where the scales begin in a panel of {@code groups} groups. */
    public int scalesOffset(int groups) {
        return (quantBytes + bitBytes) * groups;
    }
}
