package dev.altiplano.engine.kernel.quant;

import dev.altiplano.engine.kernel.WeightFormat;

/**
 * Rounds floats to quant blocks of 32, as gguf-py does it: the largest magnitude decides the scale, and what is rounded is
 * the quotient by the scale before that is rounded to F16.
 */
public final class BlockQuantizer {

    private BlockQuantizer() {}

    /** Whether weights can be rounded to a format. */
    public static boolean quantizes(WeightFormat format) {
        return switch (format) {
            case F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q4_K, Q5_K, Q6_K -> true;
            default -> false;
        };
    }

    /** Converts {@code count} floats, whole quant blocks, to bytes as files store them. */
    public static void quantize(WeightFormat format, float[] in, int offset, int count, byte[] out, int outOffset) {
        int elements = format.blockElements();
        for (int i = 0, to = outOffset; i < count; i += elements, to += format.blockBytes()) {
            int at = offset + i;
            switch (format) {
                case F32 -> Bytes.putFloat(out, to, in[at]);
                case F16 -> Bytes.putHalf(out, to, in[at]);
                case BF16 -> Bytes.putShort(out, to, Bytes.floatToBfloat16(in[at]));
                case Q8_0 -> q8(in, at, out, to);
                case Q4_0 -> symmetric(in, at, out, to, 8);
                case Q5_0 -> symmetric(in, at, out, to, 16);
                case Q4_1 -> withMinimum(in, at, out, to, 15);
                case Q5_1 -> withMinimum(in, at, out, to, 31);
                case Q4_K, Q5_K -> SuperBlockQuantizer.withMinima(format, in, at, out, to);
                case Q6_K -> SuperBlockQuantizer.q6k(in, at, out, to);
                default ->
                    throw new IllegalArgumentException("weights cannot be quantized to " + format
                            + ": choose one of q8_0, q4_0, q4_1, q5_0, q5_1, q4_k, q5_k, q6_k");
            }
        }
    }

    private static void q8(float[] in, int at, byte[] out, int to) {
        float largest = 0;
        for (int i = 0; i < 32; i++) {
            largest = Math.max(largest, Math.abs(in[at + i]));
        }
        float d = largest / 127;
        float inverse = d == 0 ? 0 : 1 / d;
        Bytes.putHalf(out, to, d);
        for (int i = 0; i < 32; i++) {
            float x = in[at + i] * inverse;
            int magnitude = (int) (Math.abs(x) + 0.5f);
            out[to + 2 + i] = (byte) (x < 0 ? -magnitude : magnitude);
        }
    }

    /** Q4_0 and Q5_0: the value of largest magnitude becomes -{@code zero}. */
    private static void symmetric(float[] in, int at, byte[] out, int to, int zero) {
        float largest = in[at];
        for (int i = 1; i < 32; i++) {
            if (Math.abs(in[at + i]) > Math.abs(largest)) {
                largest = in[at + i];
            }
        }
        float d = largest / -zero;
        float inverse = d == 0 ? 0 : 1 / d;
        Bytes.putHalf(out, to, d);
        int qs = zero == 8 ? to + 2 : to + 6;
        int high = 0;
        for (int i = 0; i < 16; i++) {
            int low = Math.clamp((int) ((double) in[at + i] * inverse + (zero + 0.5)), 0, 2 * zero - 1);
            int up = Math.clamp((int) ((double) in[at + 16 + i] * inverse + (zero + 0.5)), 0, 2 * zero - 1);
            out[qs + i] = (byte) (low & 15 | (up & 15) << 4);
            high |= low >>> 4 << i | up >>> 4 << i + 16;
        }
        if (zero == 16) {
            Bytes.putInt(out, to + 2, high);
        }
    }

    /** Q4_1 and Q5_1: the smallest value becomes 0, the largest {@code top}. */
    private static void withMinimum(float[] in, int at, byte[] out, int to, int top) {
        float smallest = in[at];
        float largest = in[at];
        for (int i = 1; i < 32; i++) {
            smallest = Math.min(smallest, in[at + i]);
            largest = Math.max(largest, in[at + i]);
        }
        float d = (largest - smallest) / top;
        float inverse = d == 0 ? 0 : 1 / d;
        Bytes.putHalf(out, to, d);
        Bytes.putHalf(out, to + 2, smallest);
        int qs = top == 15 ? to + 4 : to + 8;
        int high = 0;
        for (int i = 0; i < 16; i++) {
            int low = Math.clamp((int) ((in[at + i] - smallest) * inverse + 0.5f), 0, top);
            int up = Math.clamp((int) ((in[at + 16 + i] - smallest) * inverse + 0.5f), 0, top);
            out[qs + i] = (byte) (low & 15 | (up & 15) << 4);
            high |= low >>> 4 << i | up >>> 4 << i + 16;
        }
        if (top == 31) {
            Bytes.putInt(out, to + 4, high);
        }
    }
}
