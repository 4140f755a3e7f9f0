package dev.altiplano.engine.kernel.quant;

import dev.altiplano.engine.kernel.WeightFormat;

/** Formats whose weights are signs and magnitudes, the magnitudes of a group being an entry of a {@link Grid}. */
final class GridFormats {

    private static final int SIGN = 8;

    static final StoredFormat IQ2_XXS = new CodedFormat(WeightFormat.IQ2_XXS) {
        @Override
        int code(byte[] in, int at, int i) {
            int part = at + 2 + i / 32 * 8;
            int index = in[part + i % 32 / 8] & 0xff;
            int signs = signs(Bytes.getInt(in, part + 4) >>> i % 32 / 8 * 7 & 127);
            return Grid.IQ2_XXS.magnitude(index, i % 8) | (signs >>> i % 8 & 1) * SIGN;
        }

        @Override
        public int scale(byte[] in, int at, int j) {
            return 1 + 2 * (Bytes.getInt(in, at + 6 + 8 * j) >>> 28);
        }
    };

    static final StoredFormat IQ2_XS = new CodedFormat(WeightFormat.IQ2_XS) {
        @Override
        int code(byte[] in, int at, int i) {
            int both = Bytes.getShort(in, at + 2 + i / 8 * 2) & 0xffff;
            return Grid.IQ2_XS.magnitude(both & 511, i % 8) | (signs(both >>> 9) >>> i % 8 & 1) * SIGN;
        }

        @Override
        public int scale(byte[] in, int at, int j) {
            return 1 + 2 * (in[at + 66 + j / 2] >>> j % 2 * 4 & 15);
        }
    };

    static final StoredFormat IQ2_S = new CodedFormat(WeightFormat.IQ2_S) {
        @Override
        int code(byte[] in, int at, int i) {
            int index = in[at + 2 + i / 8] & 0xff | (in[at + 66 + i / 32] >>> i % 32 / 8 * 2 & 3) << 8;
            return Grid.IQ2_S.magnitude(index, i % 8) | (in[at + 34 + i / 8] >>> i % 8 & 1) * SIGN;
        }

        @Override
        public int scale(byte[] in, int at, int j) {
            return 1 + 2 * (in[at + 74 + j / 2] >>> j % 2 * 4 & 15);
        }
    };

    static final StoredFormat IQ3_XXS = new CodedFormat(WeightFormat.IQ3_XXS) {
        @Override
        int code(byte[] in, int at, int i) {
            int signs = signs(Bytes.getInt(in, at + 66 + i / 32 * 4) >>> i % 32 / 8 * 7 & 127);
            return Grid.IQ3_XXS.magnitude(in[at + 2 + i / 4] & 0xff, i % 4) | (signs >>> i % 8 & 1) * SIGN;
        }

        @Override
        public int scale(byte[] in, int at, int j) {
            return 1 + 2 * (Bytes.getInt(in, at + 66 + 4 * j) >>> 28);
        }
    };

    static final StoredFormat IQ3_S = new CodedFormat(WeightFormat.IQ3_S) {
        @Override
        int code(byte[] in, int at, int i) {
            int index = in[at + 2 + i / 4] & 0xff | (in[at + 66 + i / 32] >>> i % 32 / 4 & 1) << 8;
            return Grid.IQ3_S.magnitude(index, i % 4) | (in[at + 74 + i / 8] >>> i % 8 & 1) * SIGN;
        }

        @Override
        public int scale(byte[] in, int at, int j) {
            return 1 + 2 * (in[at + 106 + j / 2] >>> j % 2 * 4 & 15);
        }
    };

    private GridFormats() {}

    /** Eight signs of which seven are stored: the number of minus signs is even. */
    private static int signs(int seven) {
        return seven | (Integer.bitCount(seven) & 1) << 7;
    }
}
