package dev.altiplano.engine.kernel.scalar;

/**
 * Queries, keys, values and weights of attention as int16 with a float32 scale each, so that both its products are sums of
 * integers, whose order changes nothing. No such sum leaves 32 bits:
 * <ul>
 *   <li>a query and a key have a length of 32,767, beside what rounding adds, and so their product 32,767² (Cauchy and Schwarz);
 *   <li>values go up to {@link #LARGEST_VALUE}, and the weights of the 256 positions of a section add up to {@link #WEIGHTS} at most, beside what rounding adds.
 * </ul>
 * So many bits lose a third of what float16 does, or less.
 */
public final class Int16 {

    static final float LENGTH = 32_767f;
    static final float LARGEST_VALUE = 8_191f;
    static final float LARGEST_WEIGHT = 32_767f;
    static final float WEIGHTS = 261_120f;
    /** Of queries, keys and values: the sum of squares behind a smaller one would not be exact enough. */
    private static final float SMALLEST_SCALE = 0x1p-64f;

    private static final float SMALLEST_WEIGHT_SCALE = 0x1p-100f;

    private Int16() {}

    /**
     * Turns a query or key into whole numbers in place.
     *
     * @return what 1 of them stands for; NaN, and zeros, where an element, or their length, is not finite
     */
    public static float key(float[] x, int from, int count) {
        return quantize(x, from, count, length(x, from, count) / LENGTH);
    }

    /** As {@link #key}, for a value. */
    static float value(float[] x, int from, int count) {
        float largest = 0f;
        for (int i = from; i < from + count; i++) {
            largest = Math.max(largest, Math.abs(x[i]));
        }
        return quantize(x, from, count, Float.isNaN(length(x, from, count)) ? Float.NaN : largest / LARGEST_VALUE);
    }

    /** The scale of weights whose largest and whose sum, times the scales of their values, are these. */
    public static float weightScale(float largest, float sum) {
        float ofLargest = largest / LARGEST_WEIGHT;
        float ofSum = sum / WEIGHTS;
        return ofLargest > ofSum ? ofLargest : ofSum;
    }

    /** By what a number is multiplied to count in {@code scale}; 0 where the scale is smaller than 2^-100 or NaN: then all are 0. */
    public static float inverse(float scale) {
        return scale >= SMALLEST_WEIGHT_SCALE ? 1f / scale : 0f;
    }

    /** To nearest, ties to even. */
    public static int rounded(float x) {
        return (int) (x + Exp.ROUND - Exp.ROUND);
    }

    private static float quantize(float[] x, int from, int count, float exact) {
        float scale = exact < SMALLEST_SCALE ? 0f : exact;
        float inverse = inverse(scale);
        for (int i = from; i < from + count; i++) {
            x[i] = inverse > 0f ? rounded(x[i] * inverse) : 0f;
        }
        return scale;
    }

    /** The root of the sum of squares, square i in lane {@code i mod 16}, lanes added half to half; NaN where that is not finite. */
    private static float length(float[] x, int from, int count) {
        float[] lanes = new float[ScalarAttention.LANES];
        for (int i = 0; i < count; i++) {
            lanes[i % lanes.length] = Math.fma(x[from + i], x[from + i], lanes[i % lanes.length]);
        }
        float length = (float) Math.sqrt(ScalarRows.sum(lanes));
        return length <= Float.MAX_VALUE ? length : Float.NaN;
    }
}
