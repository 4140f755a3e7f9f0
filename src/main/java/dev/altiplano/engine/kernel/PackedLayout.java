package dev.altiplano.engine.kernel;

/**
 * How packed matrices lie in memory, the same for every backend.
 *
 * <p>A matrix is cut into <em>strips</em> of 16 rows, the last one filled up with zeros; a lane of a vector is a row of the strip, so
 * that one activation, broadcast, meets 16 weights. Everything begins at a multiple of 64 bytes. Within a strip, for weights
 * that are not quantized:
 * <ul>
 *   <li>F32 {@code [column][16 rows]}, F16 the same,
 *   <li>BF16 {@code [column / 2][16 rows][2 columns]}, which is also how matrix units want it.
 * </ul>
 * A strip of quantized weights is a sequence of <em>panels</em> of 256 columns (the last may be shorter), each {@code n} groups of
 * 32 columns: first the integers, then the scales. Four neighbouring columns of a row lie side by side, which one instruction
 * multiplies and adds: a group has eight vectors {@code g} of {@code [16 rows][4 columns]}, columns {@code 4g} to {@code 4g + 3}.
 * <ul>
 *   <li>Q8_0: {@code [n][g = 8][16][4]} bytes, each the weight plus 128; F16 scales {@code [n][16]}.
 *   <li>Q4_0: {@code [n][j = 4][16][4]} bytes, each with vector {@code j} in the low and vector {@code j + 4} in the high half; F16
 *       scales {@code [n][16]}.
 *   <li>Q4_K: halves as Q4_0; then {@code [8][16]} bytes with the low four bits of a scale and, above them, of its minimum;
 *       {@code [4][16]} bytes with the upper two bits of scale and minimum of group {@code 2i}, and above them of {@code 2i + 1}; F16
 *       {@code d [16]}; F16 {@code dmin [16]}.
 *   <li>Q5_K: as Q4_K, with {@code [8][16][4]} bytes after the halves: bit {@code g} is the fifth bit of vector {@code g}.
 *   <li>Q6_K: halves as Q4_0; {@code [8][h = 2][16][4]} bytes: bits {@code 2i} and {@code 2i + 1} are the upper two of vector
 *       {@code 4h + i}; int8 scales {@code [16 groups of 16 columns][16]}; F16 {@code d [16]}; 32 bytes unused.
 *   <li>CODED (IQ4_NL): as Q4_0, with codes of a {@link Codebook} in the halves.
 *   <li>CODED_E8M0 (MXFP4): as CODED, with bytes {@code e [n][16]} for scales of 2<sup>e - 127</sup>, and 0 where e is 0.
 *   <li>CODED_K (IQ4_XS, IQ3_S, IQ3_XXS, IQ2_XXS, IQ1_S, TQ1_0, TQ2_0): as CODED; then scales of six bits with 32 added,
 *       {@code [4][16]} bytes with the lower four bits of group {@code 2i} and above them of {@code 2i + 1}, {@code [2][16]} bytes
 *       with the upper two bits of groups {@code 4i} to {@code 4i + 3}; F16 {@code d [16]}.
 *   <li>CODED_16 (IQ2_XS, IQ2_S, IQ1_M): as CODED; then the scales of Q6_K.
 * </ul>
 * Nothing is lost. The sizes are those of a file for formats of four bits and more (Q6_K takes 1 % more); those of fewer bits
 * take 4.25 bits for a weight, or 4.63 with a scale for each 16: looking grids up would take longer than reading the difference.
 */
public final class PackedLayout {

    /** What this layout is called where packed weights outlive the process; a change of the layout is a change of the name. */
    public static final String NAME = "strips of 16, panels of 256, version 2";

    /** Rows of a strip. */
    public static final int STRIP = 16;

    /** Columns of a panel. */
    public static final int PANEL = 256;

    private PackedLayout() {}

    /** Strips of a matrix. */
    public static int strips(int rows) {
        return (rows + STRIP - 1) / STRIP;
    }

    /** Bytes of one strip. */
    public static long stripBytes(WeightFormat format, int columns) {
        return switch (format.packing()) {
            case F32 -> 64L * columns;
            case F16 -> (32L * columns + 63) / 64 * 64;
            case BF16 -> 64L * ((columns + 1) / 2);
            default ->
                (long) (columns / PANEL) * panelBytes(format, 8)
                        + (columns % PANEL == 0 ? 0 : panelBytes(format, columns % PANEL / 32));
        };
    }

    /** Bytes of a panel of {@code groups} groups of 32 columns. */
    public static int panelBytes(WeightFormat format, int groups) {
        if (!format.packing().quantized() || format.nativeFormat() != format) {
            throw new IllegalArgumentException(format + " is not a format that kernels compute with in panels");
        }
        return format.packing().panelBytes(groups);
    }

    /** Bytes of the panel that begins at a column; weights that are not quantized lie as if they had panels. */
    public static long panelBytes(WeightFormat format, int column, int columns) {
        int count = Math.min(columns - column, PANEL);
        return format.quantized() ? panelBytes(format, count / 32) : stripBytes(format, count);
    }

    /** Bytes of a packed matrix. */
    public static long bytes(WeightFormat format, int rows, int columns) {
        return Math.multiplyExact(stripBytes(format, columns), (long) strips(rows));
    }
}
