package dev.altiplano.engine.kernel.quant;

import dev.altiplano.engine.kernel.WeightFormat;

/** Formats whose weights are -1, 0 and 1: TQ1_0 and TQ2_0, and IQ1_S and IQ1_M that shift groups of them by an eighth. */
final class TernaryFormats {

    /** Codes from here on are shifted up, those before down. */
    private static final int UP = 4;

    static final StoredFormat IQ1_S = new CodedFormat(WeightFormat.IQ1_S) {
        @Override
        int code(byte[] in, int at, int i) {
            int high = Bytes.getShort(in, at + 34 + i / 32 * 2);
            int index = in[at + 2 + i / 8] & 0xff | (high >>> i % 32 / 8 * 3 & 7) << 8;
            return Grid.IQ1.magnitude(index, i % 8) + (high < 0 ? 0 : UP);
        }

        @Override
        public int scale(byte[] in, int at, int j) {
            return 1 + 2 * (Bytes.getShort(in, at + 34 + 2 * j) >>> 12 & 7);
        }
    };

    /** Four bits of the scale of the block stand above the scales of each 64 weights. */
    static final StoredFormat IQ1_M = new CodedFormat(WeightFormat.IQ1_M) {
        @Override
        int code(byte[] in, int at, int i) {
            int high = in[at + 32 + i / 16] >>> i % 16 / 8 * 4;
            int index = in[at + i / 8] & 0xff | (high & 7) << 8;
            return Grid.IQ1.magnitude(index, i % 8) + ((high & 8) != 0 ? 0 : UP);
        }

        @Override
        public int scale(byte[] in, int at, int j) {
            return 1 + 2 * (Bytes.getShort(in, at + 48 + j / 4 * 2) >>> j % 4 * 3 & 7);
        }

        @Override
        public short d(byte[] in, int at) {
            int d = 0;
            for (int i = 0; i < 4; i++) {
                d |= (in[at + 49 + 2 * i] >>> 4 & 15) << 4 * i;
            }
            return (short) d;
        }

        @Override
        public void setScale(byte[] block, int at, float d) {
            int bits = Float.floatToFloat16(d);
            for (int i = 0; i < 4; i++) {
                int byteAt = at + 49 + 2 * i;
                block[byteAt] = (byte) (block[byteAt] & 15 | (bits >>> 4 * i & 15) << 4);
            }
        }
    };

    /** Five digits of base 3 in a byte, as a fraction of 256, the last 16 weights four in a byte. */
    static final StoredFormat TQ1_0 = new CodedFormat(WeightFormat.TQ1_0) {
        @Override
        int code(byte[] in, int at, int i) {
            return i < 160
                    ? digit(in[at + i % 32], i / 32)
                    : i < 240 ? digit(in[at + 32 + i % 16], (i - 160) / 16) : digit(in[at + 48 + i % 4], (i - 240) / 4);
        }

        @Override
        public short d(byte[] in, int at) {
            return Bytes.getShort(in, at + 52);
        }

        @Override
        public void setScale(byte[] block, int at, float d) {
            Bytes.putHalf(block, at + 52, d);
        }
    };

    static final StoredFormat TQ2_0 = new CodedFormat(WeightFormat.TQ2_0) {
        @Override
        int code(byte[] in, int at, int i) {
            return in[at + i / 128 * 32 + i % 32] >>> i % 128 / 32 * 2 & 3;
        }

        @Override
        public short d(byte[] in, int at) {
            return Bytes.getShort(in, at + 64);
        }

        @Override
        public void setScale(byte[] block, int at, float d) {
            Bytes.putHalf(block, at + 64, d);
        }
    };

    private static final int[] POWERS = {1, 3, 9, 27, 81};

    private TernaryFormats() {}

    private static int digit(byte fraction, int n) {
        return ((fraction * POWERS[n]) & 0xff) * 3 >>> 8;
    }
}
