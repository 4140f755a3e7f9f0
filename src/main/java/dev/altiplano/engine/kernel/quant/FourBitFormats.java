package dev.altiplano.engine.kernel.quant;

import dev.altiplano.engine.kernel.WeightFormat;

/** Formats whose codes are stored as they are: IQ4_NL, IQ4_XS and MXFP4. */
final class FourBitFormats {

    static final StoredFormat IQ4_NL = new CodedFormat(WeightFormat.IQ4_NL) {
        @Override
        int code(byte[] in, int at, int i) {
            return in[at + 2 + i % 16] >>> i / 16 * 4 & 15;
        }
    };

    static final StoredFormat IQ4_XS = new CodedFormat(WeightFormat.IQ4_XS) {
        @Override
        int code(byte[] in, int at, int i) {
            return in[at + 8 + i / 32 * 16 + i % 16] >>> i % 32 / 16 * 4 & 15;
        }

        @Override
        public int scale(byte[] in, int at, int j) {
            int low = in[at + 4 + j / 2] >>> j % 2 * 4 & 15;
            return (low | (Bytes.getShort(in, at + 2) >>> 2 * j & 3) << 4) - 32;
        }
    };

    /** Microscaling of the Open Compute Project: 32 numbers of E2M1 and a power of two. */
    static final StoredFormat MXFP4 = new CodedFormat(WeightFormat.MXFP4) {
        @Override
        int code(byte[] in, int at, int i) {
            return in[at + 1 + i % 16] >>> i / 16 * 4 & 15;
        }

        @Override
        float blockScale(byte[] in, int at) {
            // Levels are twice the numbers.
            return Math.scalb(1f, (in[at] & 0xff) - 127 - 1);
        }

        @Override
        public short d(byte[] in, int at) {
            return (short) Math.max(0, (in[at] & 0xff) - 1);
        }

        @Override
        public void setScale(byte[] block, int at, float d) {
            block[at] = (byte) Math.clamp(Math.getExponent(d) + 127 + 1, 0, 254);
        }
    };

    private FourBitFormats() {}
}
