package dev.altiplano.engine.kernel.quant;

import dev.altiplano.engine.kernel.WeightFormat;

/**
 * Rounds floats to quant blocks of 256 with scales of their own for each 16 or 32 weights. The scales are found by weighted
 * least squares over a few candidate grids; larger weights count more, as they matter more in a product.
 */
final class SuperBlockQuantizer {

    private SuperBlockQuantizer() {}

    /** Q4_K and Q5_K: eight sub-blocks of 32, each {@code scale · q - minimum}, with 6-bit scales and minima. */
    static void withMinima(WeightFormat format, float[] in, int at, byte[] out, int to) {
        int top = format == WeightFormat.Q5_K ? 31 : 15;
        float[] scales = new float[8];
        float[] minima = new float[8];
        for (int j = 0; j < 8; j++) {
            fitWithMinimum(in, at + 32 * j, top, scales, minima, j);
        }
        float d = Bytes.getHalf(putLargest(out, to, scales), to);
        float dmin = Bytes.getHalf(putLargest(out, to + 2, minima), to + 2);
        int[] scaleLevels = new int[8];
        int[] minimumLevels = new int[8];
        for (int j = 0; j < 8; j++) {
            scaleLevels[j] = d == 0 ? 0 : Math.clamp(Math.round(scales[j] / d), 0, 63);
            minimumLevels[j] = dmin == 0 ? 0 : Math.clamp(Math.round(minima[j] / dmin), 0, 63);
        }
        for (int j = 0; j < 4; j++) {
            out[to + 4 + j] = (byte) (scaleLevels[j] | scaleLevels[j + 4] >>> 4 << 6);
            out[to + 8 + j] = (byte) (minimumLevels[j] | minimumLevels[j + 4] >>> 4 << 6);
            out[to + 12 + j] = (byte) (scaleLevels[j + 4] & 15 | (minimumLevels[j + 4] & 15) << 4);
        }
        int qs = to + (top == 31 ? 48 : 16);
        java.util.Arrays.fill(out, to + 16, to + format.blockBytes(), (byte) 0);
        for (int i = 0; i < 256; i++) {
            float scale = d * scaleLevels[i / 32];
            float minimum = dmin * minimumLevels[i / 32];
            int q = scale == 0 ? 0 : Math.clamp(Math.round((in[at + i] + minimum) / scale), 0, top);
            out[qs + i / 64 * 32 + i % 32] |= (byte) ((q & 15) << i % 64 / 32 * 4);
            if (top == 31) {
                out[to + 16 + i % 32] |= (byte) (q >>> 4 << i / 32);
            }
        }
    }

    /** Writes the largest of eight values over 63 as F16, so that each can be told in 6 bits. */
    private static byte[] putLargest(byte[] out, int to, float[] values) {
        float largest = 0;
        for (float value : values) {
            largest = Math.max(largest, value);
        }
        Bytes.putHalf(out, to, largest / 63);
        return out;
    }

    /** Finds scale ≥ 0 and minimum ≥ 0 with the least Σ weight · (scale · q - minimum - x)². */
    private static void fitWithMinimum(float[] x, int at, int top, float[] scales, float[] minima, int j) {
        float smallest = 0;
        float largest = x[at];
        float squares = 0;
        for (int i = 0; i < 32; i++) {
            smallest = Math.min(smallest, x[at + i]);
            largest = Math.max(largest, x[at + i]);
            squares += x[at + i] * x[at + i];
        }
        if (largest <= smallest) {
            scales[j] = 0;
            minima[j] = -smallest;
            return;
        }
        scales[j] = (largest - smallest) / top;
        minima[j] = -smallest;
        float typical = (float) Math.sqrt(squares / 32);
        double sumW = 0;
        double sumX = 0;
        for (int i = 0; i < 32; i++) {
            double value = x[at + i];
            double weight = typical + Math.abs(value);
            sumW += weight;
            sumX += weight * value;
        }
        double bestError = Double.POSITIVE_INFINITY;
        for (int step = -1; step <= 20; step++) {
            float grid = step < 0 ? top : top - 1 + 0.1f * step;
            float inverse = grid / (largest - smallest);
            double sumQ = 0;
            double sumQq = 0;
            double sumXq = 0;
            for (int i = 0; i < 32; i++) {
                float value = x[at + i];
                float weight = typical + Math.abs(value);
                float q = Math.min((int) ((value - smallest) * inverse + 0.5f), top);
                double weighted = weight * q;
                sumQ += weighted;
                sumQq += weighted * q;
                sumXq += weighted * value;
            }
            double determinant = sumW * sumQq - sumQ * sumQ;
            if (determinant <= 0) {
                continue;
            }
            double scale = (sumW * sumXq - sumX * sumQ) / determinant;
            double minimum = (sumQ * sumXq - sumQq * sumX) / determinant;
            if (minimum < 0) {
                minimum = 0;
                scale = sumXq / sumQq;
            }
            // Without the squares of what is rounded, which no grid changes.
            double error =
                    scale * (scale * sumQq - 2 * (minimum * sumQ + sumXq)) + minimum * (minimum * sumW + 2 * sumX);
            if (error < bestError && scale > 0) {
                bestError = error;
                scales[j] = (float) scale;
                minima[j] = (float) minimum;
            }
        }
    }

    /** Q6_K: sixteen sub-blocks of 16, each {@code scale · (q - 32)}, with int8 scales. */
    static void q6k(float[] in, int at, byte[] out, int to) {
        float[] scales = new float[16];
        float largest = 0;
        for (int j = 0; j < 16; j++) {
            scales[j] = fitSymmetric(in, at + 16 * j);
            if (Math.abs(scales[j]) > Math.abs(largest)) {
                largest = scales[j];
            }
        }
        java.util.Arrays.fill(out, to, to + WeightFormat.Q6_K.blockBytes(), (byte) 0);
        Bytes.putHalf(out, to + 208, largest / -128);
        float d = Bytes.getHalf(out, to + 208);
        for (int j = 0; j < 16; j++) {
            int level = d == 0 ? 0 : Math.clamp(Math.round(scales[j] / d), -128, 127);
            out[to + 192 + j] = (byte) level;
            float scale = d * level;
            for (int i = 16 * j; i < 16 * j + 16; i++) {
                int q = scale == 0 ? 32 : Math.clamp(Math.round(in[at + i] / scale), -32, 31) + 32;
                out[to + i / 128 * 64 + i % 64] |= (byte) ((q & 15) << i % 128 / 64 * 4);
                out[to + 128 + i / 128 * 32 + i % 32] |= (byte) (q >>> 4 << i % 128 / 32 * 2);
            }
        }
    }

    /** Finds the scale with the least Σ x² · (scale · q - x)² for q from -32 to 31. */
    private static float fitSymmetric(float[] x, int at) {
        float largest = 0;
        for (int i = 0; i < 16; i++) {
            if (Math.abs(x[at + i]) > Math.abs(largest)) {
                largest = x[at + i];
            }
        }
        if (Math.abs(largest) < 1e-15f) {
            return 0;
        }
        float bestScale = 0;
        float bestGain = 0;
        for (int step = -9; step <= 9; step++) {
            float inverse = -(32 + 0.1f * step) / largest;
            float sumXq = 0;
            float sumQq = 0;
            for (int i = 0; i < 16; i++) {
                float value = x[at + i];
                // Rounded where it is not negative, which is quick.
                float q = Math.max(0, Math.min((int) (value * inverse + 32.5f), 63)) - 32;
                float weighted = value * value * q;
                sumXq += weighted * value;
                sumQq += weighted * q;
            }
            if (sumQq > 0 && sumXq * sumXq > bestGain * sumQq) {
                bestScale = sumXq / sumQq;
                bestGain = bestScale * sumXq;
            }
        }
        return bestScale;
    }
}
