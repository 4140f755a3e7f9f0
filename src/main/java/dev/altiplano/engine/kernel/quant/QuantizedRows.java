package dev.altiplano.engine.kernel.quant;

/**
 * Activations as products with quantized weights take them: int8, and for each 32 of a row one scale.
 *
 * <p>For 32 values: {@code amax} is the largest magnitude (a NaN counts as larger than all), {@code scale = amax / 127} rounded up to
 * three significant bits, and each value becomes {@code rint(x · (1 / scale))}. Where {@code amax < 2⁻¹⁰⁰} everything is zero. With so
 * few bits the scale's product with a weight's F16 scale is exact, and prompts need no multiplication for it.
 */
public final class QuantizedRows {

    public byte[] values = {};
    public float[] scales = {};
    public float[] scaledSums = {};
    private int columns;

    /** Makes room for {@code rows} rows of {@code columns}. */
    public void reserve(int rows, int columns) {
        this.columns = columns;
        if (values.length < rows * columns) {
            values = new byte[rows * columns];
            scales = new float[rows * columns / 32];
            scaledSums = new float[rows * columns / 32];
        }
    }

    private static float scale(float amax) {
        if (amax < 0x1p-100f) {
            return 0;
        }
        float scale = amax / 127;
        int lower = 0x1fffff;
        return Float.isFinite(scale) ? Float.intBitsToFloat(Float.floatToRawIntBits(scale) + lower & ~lower) : scale;
    }

    /** Quantizes one row of {@code in [rows][columns]}. */
    public void quantize(int row, float[] in) {
        for (int first = 0; first < columns; first += 32) {
            int at = row * columns + first;
            int largest = 0;
            for (int i = at; i < at + 32; i++) {
                largest = Math.max(largest, Float.floatToRawIntBits(in[i]) & 0x7fffffff);
            }
            float amax = Float.intBitsToFloat(largest);
            float scale = scale(amax);
            float inverse = scale == 0 ? 0 : 1 / scale;
            int sum = 0;
            for (int i = 0; i < 32; i++) {
                byte q = (byte) Math.rint(in[at + i] * inverse);
                values[at + i] = q;
                sum += q;
            }
            scales[at / 32] = scale;
            scaledSums[at / 32] = scale * sum;
        }
    }
}
