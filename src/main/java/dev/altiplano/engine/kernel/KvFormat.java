package dev.altiplano.engine.kernel;

/** How keys and values are kept. */
public enum KvFormat {
    F32,
    /** int16 with one float32 scale for a token's key, and one for its value: attention to them is computed in integers. */
    I16,
    /** Rounded to nearest even; what lies beyond ±65504 is kept as ±65504. */
    F16,
    /** int8 with one F16 scale for 32 neighbouring elements of one token's head. */
    Q8_0;

    /** Elements of a head that share a scale. */
    public static final int GROUP = 32;

    /** Bytes of one token's key, or value, of {@code width} elements. */
    public long bytes(long width) {
        return switch (this) {
            case F32 -> 4 * width;
            case I16 -> 2 * width + Float.BYTES;
            case F16 -> 2 * width;
            case Q8_0 -> width + 2L * groups((int) width);
        };
    }

    /** Scales of one token's key, or value, of {@code width} elements. */
    public static int groups(int width) {
        return (width + GROUP - 1) / GROUP;
    }
}
