package dev.altiplano.engine.kernel.quant;

/**
 * Activations as products with quantized weights take them: int8, and for each 32 of a row one scale.
 *
 * <p>For 32 values: {@code amax} is the largest magnitude (a NaN counts as larger than all), {@code scale = amax / 127}, and each
 * value becomes {@code rint(x · (127 / amax))}. Where {@code amax < 2⁻¹⁰⁰} everything is zero.
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

    /** Quantizes one row of {@code in [rows][columns]}. */
    public void quantize(int row, float[] in) {
        for (int first = 0; first < columns; first += 32) {
            int at = row * columns + first;
            int largest = 0;
            for (int i = at; i < at + 32; i++) {
                largest = Math.max(largest, Float.floatToRawIntBits(in[i]) & 0x7fffffff);
            }
            float amax = Float.intBitsToFloat(largest);
            boolean zero = amax < 0x1p-100f;
            float inverse = zero ? 0 : 127 / amax;
            float scale = zero ? 0 : amax / 127;
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
