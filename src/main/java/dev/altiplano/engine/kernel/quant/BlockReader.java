package dev.altiplano.engine.kernel.quant;

import dev.altiplano.engine.kernel.WeightFormat;

/**
 * Reads rows as files store them. Every quant format is read in two ways: as numbers ({@link #dequantize}), and as the small
 * integers that it is made of ({@link #levels}), which packing only lays out anew.
 *
 * <p>Layouts as ggml defines them (ggml-common.h and ggml-quants.c of llama.cpp, and gguf-py).
 */
public final class BlockReader {

    private BlockReader() {}

    /** Converts {@code count} weights, whole quant blocks, to floats. */
    public static void dequantize(WeightFormat format, byte[] in, int offset, float[] out, int outOffset, int count) {
        int blocks = count / format.blockElements();
        int bytes = format.blockBytes();
        int elements = format.blockElements();
        for (int b = 0; b < blocks; b++) {
            int at = offset + b * bytes;
            int to = outOffset + b * elements;
            switch (format) {
                case F32 -> out[to] = Bytes.getFloat(in, at);
                case F16 -> out[to] = Bytes.getHalf(in, at);
                case BF16 -> out[to] = Bytes.bfloat16ToFloat(Bytes.getShort(in, at));
                case Q8_0 -> q8(in, at, out, to);
                case Q4_0, Q4_1, Q5_0, Q5_1 -> q45(format, in, at, out, to);
                case Q2_K -> q2k(in, at, out, to);
                case Q3_K -> q3k(in, at, out, to);
                case Q4_K, Q5_K -> q45k(format, in, at, out, to);
                case Q6_K -> q6k(in, at, out, to);
            }
        }
    }

    private static void q8(byte[] in, int at, float[] out, int to) {
        float d = Bytes.getHalf(in, at);
        for (int i = 0; i < 32; i++) {
            out[to + i] = d * in[at + 2 + i];
        }
    }

    private static void q45(WeightFormat format, byte[] in, int at, float[] out, int to) {
        float d = Bytes.getHalf(in, at);
        boolean five = format == WeightFormat.Q5_0 || format == WeightFormat.Q5_1;
        boolean minimum = format == WeightFormat.Q4_1 || format == WeightFormat.Q5_1;
        float m = minimum ? Bytes.getHalf(in, at + 2) : 0;
        int zero = minimum ? 0 : five ? 16 : 8;
        int high = five ? Bytes.getInt(in, at + (minimum ? 4 : 2)) : 0;
        int qs = at + format.blockBytes() - 16;
        for (int i = 0; i < 16; i++) {
            int low = in[qs + i] & 15 | (high >>> i & 1) << 4;
            int up = (in[qs + i] & 0xff) >>> 4 | (high >>> i + 16 & 1) << 4;
            out[to + i] = minimum ? d * low + m : d * (low - zero);
            out[to + 16 + i] = minimum ? d * up + m : d * (up - zero);
        }
    }

    private static void q2k(byte[] in, int at, float[] out, int to) {
        float d = Bytes.getHalf(in, at + 80);
        float dmin = Bytes.getHalf(in, at + 82);
        for (int i = 0; i < 256; i++) {
            int scale = in[at + i / 16] & 0xff;
            int q = in[at + 16 + i / 128 * 32 + i % 32] >>> i % 128 / 32 * 2 & 3;
            out[to + i] = d * (scale & 15) * q - dmin * (scale >>> 4);
        }
    }

    private static void q3k(byte[] in, int at, float[] out, int to) {
        float d = Bytes.getHalf(in, at + 108);
        for (int i = 0; i < 256; i++) {
            out[to + i] = d * q3kScale(in, at + 96, i / 16) * q3kLevel(in, at, i);
        }
    }

    /** A weight of a Q3_K quant block without its scale: -4 to 3. */
    private static int q3kLevel(byte[] in, int at, int i) {
        int low = in[at + 32 + i / 128 * 32 + i % 32] >>> i % 128 / 32 * 2 & 3;
        return low - (in[at + i % 32] >>> i / 32 & 1 ^ 1) * 4;
    }

    /** One of the 16 scales of a Q3_K quant block: -32 to 31. */
    private static int q3kScale(byte[] in, int scales, int j) {
        int low = in[scales + j % 8] >>> j / 8 * 4 & 15;
        int high = in[scales + 8 + j % 4] >>> j / 4 * 2 & 3;
        return (low | high << 4) - 32;
    }

    private static void q45k(WeightFormat format, byte[] in, int at, float[] out, int to) {
        float d = Bytes.getHalf(in, at);
        float dmin = Bytes.getHalf(in, at + 2);
        for (int j = 0; j < 8; j++) {
            float scale = d * kScale(in, at + 4, j);
            float minimum = dmin * kMinimum(in, at + 4, j);
            for (int i = 0; i < 32; i++) {
                out[to + 32 * j + i] = scale * kLevel(format, in, at, 32 * j + i) - minimum;
            }
        }
    }

    /** One of the eight scales in the 12 bytes of a Q4_K or Q5_K quant block: 0 to 63. */
    static int kScale(byte[] in, int at, int j) {
        return j < 4 ? in[at + j] & 63 : in[at + j + 4] & 15 | (in[at + j - 4] >>> 6 & 3) << 4;
    }

    /** One of the eight minima in the 12 bytes of a Q4_K or Q5_K quant block: 0 to 63. */
    static int kMinimum(byte[] in, int at, int j) {
        return j < 4 ? in[at + j + 4] & 63 : in[at + j + 4] >>> 4 & 15 | (in[at + j] >>> 6 & 3) << 4;
    }

    private static int kLevel(WeightFormat format, byte[] in, int at, int i) {
        int qs = at + (format == WeightFormat.Q5_K ? 48 : 16);
        int low = in[qs + i / 64 * 32 + i % 32] >>> i % 64 / 32 * 4 & 15;
        return format == WeightFormat.Q5_K ? low | (in[at + 16 + i % 32] >>> i / 32 & 1) << 4 : low;
    }

    private static void q6k(byte[] in, int at, float[] out, int to) {
        float d = Bytes.getHalf(in, at + 208);
        for (int i = 0; i < 256; i++) {
            out[to + i] = d * in[at + 192 + i / 16] * (q6kLevel(in, at, i) - 32);
        }
    }

    private static int q6kLevel(byte[] in, int at, int i) {
        int low = in[at + i / 128 * 64 + i % 64] >>> i % 128 / 64 * 4 & 15;
        int high = in[at + 128 + i / 128 * 32 + i % 32] >>> i % 128 / 32 * 2 & 3;
        return low | high << 4;
    }

    /**
     * The integers of one quant block without scale and minimum, not negative: Q8_0 and Q5_0 as Q8_0 holds them (plus 128), Q4_0
     * 0 to 15, Q4_K 0 to 15, Q5_K 0 to 31, Q6_K and Q3_K as Q6_K holds them (plus 32). Those of Q5_0 and Q3_K are
     * {@linkplain #spread spread}.
     */
    static void levels(WeightFormat format, byte[] in, int at, byte[] out, int to) {
        switch (format) {
            case Q8_0 -> {
                for (int i = 0; i < 32; i++) {
                    out[to + i] = (byte) (in[at + 2 + i] ^ 0x80);
                }
            }
            case Q4_0 -> {
                for (int i = 0; i < 16; i++) {
                    out[to + i] = (byte) (in[at + 2 + i] & 15);
                    out[to + 16 + i] = (byte) (in[at + 2 + i] >>> 4 & 15);
                }
            }
            case Q5_0 -> {
                int high = Bytes.getInt(in, at + 2);
                int spread = spread(Bytes.getShort(in, at));
                for (int i = 0; i < 16; i++) {
                    int low = in[at + 6 + i] & 15 | (high >>> i & 1) << 4;
                    int other = in[at + 6 + i] >>> 4 & 15 | (high >>> i + 16 & 1) << 4;
                    out[to + i] = (byte) ((low - 16 << spread) + 128);
                    out[to + 16 + i] = (byte) ((other - 16 << spread) + 128);
                }
            }
            case Q4_K -> {
                for (int j = 0; j < 4; j++) {
                    for (int i = 0; i < 32; i++) {
                        int both = in[at + 16 + 32 * j + i];
                        out[to + 64 * j + i] = (byte) (both & 15);
                        out[to + 64 * j + 32 + i] = (byte) (both >>> 4 & 15);
                    }
                }
            }
            case Q5_K -> {
                for (int i = 0; i < 256; i++) {
                    out[to + i] = (byte) kLevel(format, in, at, i);
                }
            }
            case Q6_K -> {
                for (int i = 0; i < 256; i++) {
                    out[to + i] = (byte) q6kLevel(in, at, i);
                }
            }
            case Q3_K -> {
                int spread = spread(Bytes.getShort(in, at + 108));
                for (int i = 0; i < 256; i++) {
                    out[to + i] = (byte) ((q3kLevel(in, at, i) << spread) + 32);
                }
            }
            default -> throw new IllegalArgumentException(format + " has no integers to lay out");
        }
    }

    /** Scale {@code j} of a Q6_K quant block, or of a Q3_K one read as Q6_K: one for 16 weights. */
    static byte scaleOf16(WeightFormat format, byte[] in, int at, int j) {
        return format == WeightFormat.Q6_K ? in[at + 192 + j] : (byte) q3kScale(in, at + 96, j);
    }

    /** The F16 bits of the scale of a whole quant block, divided where its integers are {@linkplain #spread spread}. */
    static short blockScale(WeightFormat format, byte[] in, int at) {
        return switch (format) {
            case Q6_K -> Bytes.getShort(in, at + 208);
            case Q3_K -> divided(Bytes.getShort(in, at + 108));
            case Q5_0 -> divided(Bytes.getShort(in, at));
            default -> Bytes.getShort(in, at);
        };
    }

    private static short divided(short scale) {
        return Float.floatToFloat16(Float.float16ToFloat(scale) / (1 << spread(scale)));
    }

    /**
     * How many bits the integers of a format are shifted up that is held in one three bits wider, and the scale down: kernels that
     * round weights to a common scale take them for as wide as they can be. Less than three where the scale would lose a bit.
     */
    private static int spread(short scale) {
        float value = Float.float16ToFloat(scale);
        int bits = 3;
        while (bits > 0 && Float.float16ToFloat(Float.floatToFloat16(value / (1 << bits))) != value / (1 << bits)) {
            bits--;
        }
        return bits;
    }
}
