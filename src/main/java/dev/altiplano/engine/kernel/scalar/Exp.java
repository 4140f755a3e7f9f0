package dev.altiplano.engine.kernel.scalar;

/**
 * The exponential function of every backend: the same operations in the same order give the same bits in scalar Java, the
 * Vector API and C. At most 0.9 ulp from the true value.
 *
 * <p>{@code x = n · ln 2 + r} with a whole {@code n} and {@code |r| ≤ ln 2 / 2}; {@code e^r = 1 + r + r² · q(r)}, q of degree 4
 * with the smallest relative error, its coefficients rounded one after the other. Results below the smallest normal number
 * are 0; arguments above 88 count as 88.
 */
public final class Exp {

    public static final float LOWEST = -87.33654f;
    public static final float HIGHEST = 88f;
    public static final float LOG2_E = 0x1.715476p0f;
    /** 1.5 · 2²³: adding it rounds to a whole number, ties to even. */
    public static final float ROUND = 12582912f;
    /** ln 2 in two parts; the first has so few bits that n times it is exact. */
    public static final float LN2_HIGH = 0x1.63p-1f;

    public static final float LN2_LOW = -0x1.bd0106p-13f;
    public static final float C2 = 0x1.fffffcp-2f;
    public static final float C3 = 0x1.555492p-3f;
    public static final float C4 = 0x1.5558bp-5f;
    public static final float C5 = 0x1.123984p-7f;
    public static final float C6 = 0x1.6a4d3cp-10f;

    private Exp() {}

    /** e to the power of {@code x}. */
    public static float exp(float x) {
        if (x < LOWEST) {
            return 0f;
        }
        float bounded = x > HIGHEST ? HIGHEST : x;
        float n = Math.fma(bounded, LOG2_E, ROUND) - ROUND;
        float r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, bounded));
        float p = Math.fma(C6, r, C5);
        p = Math.fma(p, r, C4);
        p = Math.fma(p, r, C3);
        p = Math.fma(p, r, C2);
        p = Math.fma(p, r, 1f);
        p = Math.fma(p, r, 1f);
        return p * Float.intBitsToFloat((int) n + 127 << 23);
    }

    /** {@code x / (1 + e^-x)}. */
    public static float silu(float x) {
        return x / (1f + exp(-x));
    }
}
