package dev.altiplano.engine.kernel;

/**
 * What the 16 codes of a coded format stand for: levels from -127 to 127, in steps of {@link #unit()}. Levels are the format's own
 * numbers, or the least power of two times them that makes them integers: kernels may add products of small levels in 16 bits.
 */
public final class Codebook {

    /** Sixteen numbers of ggml for IQ4_NL and IQ4_XS. */
    public static final Codebook IQ4 =
            new Codebook(1, -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113);

    /** Numbers of E2M1, twice as large as the format has them: sign, two bits of exponent, one of the fraction. */
    public static final Codebook E2M1 = new Codebook(1, 0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12);

    /** Odd numbers to 15, and their negatives. */
    static final Codebook IQ3_S = signed(1, 1, 3, 5, 7, 9, 11, 13, 15);

    /** Magnitudes of IQ3_XXS, in halves of a scale. */
    static final Codebook IQ3_XXS = signed(1 / 2f, 2, 6, 10, 14, 18, 22, 26, 31);

    /** Magnitudes of IQ2_XXS, IQ2_XS and IQ2_S, in eighths of a scale. */
    static final Codebook IQ2 = signed(1 / 8f, 8, 25, 43, 0, 0, 0, 0, 0);

    /** -1, 0 and 1 with an eighth less, then with an eighth more. */
    static final Codebook IQ1 = new Codebook(1 / 8f, -9, -1, 7, 0, -7, 1, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /** -1, 0 and 1; TQ2_0 could say 2. */
    static final Codebook TERNARY = new Codebook(1, -1, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /** What has no codes. */
    static final Codebook NONE = new Codebook(1, new int[16]);

    private final float unit;
    private final int[] levels;

    private Codebook(float unit, int... levels) {
        this.unit = unit;
        this.levels = levels;
    }

    /** Eight magnitudes, and from code 8 on their negatives. */
    private static Codebook signed(float unit, int... magnitudes) {
        int[] levels = new int[16];
        for (int i = 0; i < 8; i++) {
            levels[i] = magnitudes[i];
            levels[8 + i] = -magnitudes[i];
        }
        return new Codebook(unit, levels);
    }

    /** The level of a code from 0 to 15. */
    public int level(int code) {
        return levels[code];
    }

    /** What one step of levels is in a scale of the format; a power of two. */
    public float unit() {
        return unit;
    }
}
