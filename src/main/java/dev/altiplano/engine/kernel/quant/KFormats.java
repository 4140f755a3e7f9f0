package dev.altiplano.engine.kernel.quant;

/** Formats of super-blocks of 256 weights whose parts have scales of few bits: Q2_K to Q6_K; and Q8_K, which has one scale. */
enum KFormats implements StoredFormat {
    Q2_K {
        @Override
        public void dequantize(byte[] in, int at, float[] out, int to) {
            float d = Bytes.getHalf(in, at + 80);
            float dmin = Bytes.getHalf(in, at + 82);
            for (int i = 0; i < 256; i++) {
                int scale = in[at + i / 16] & 0xff;
                int q = in[at + 16 + i / 128 * 32 + i % 32] >>> i % 128 / 32 * 2 & 3;
                out[to + i] = d * (scale & 15) * q - dmin * (scale >>> 4);
            }
        }

        @Override
        public boolean keepsIntegers() {
            return false;
        }

        @Override
        public void setScale(byte[] block, int at, float d) {
            Bytes.putHalf(block, at + 80, d);
            Bytes.putHalf(block, at + 82, d);
        }
    },

    /** Held as Q6_K, {@linkplain Spread spread}. */
    Q3_K {
        @Override
        public void dequantize(byte[] in, int at, float[] out, int to) {
            float d = Bytes.getHalf(in, at + 108);
            for (int i = 0; i < 256; i++) {
                out[to + i] = d * scale(in, at, i / 16) * level(in, at, i);
            }
        }

        /** A weight without its scale: -4 to 3. */
        @Override
        int level(byte[] in, int at, int i) {
            int low = in[at + 32 + i / 128 * 32 + i % 32] >>> i % 128 / 32 * 2 & 3;
            return low - (in[at + i % 32] >>> i / 32 & 1 ^ 1) * 4;
        }

        @Override
        public void integers(byte[] in, int at, byte[] out, int to) {
            int spread = Spread.bits(Bytes.getShort(in, at + 108));
            for (int i = 0; i < 256; i++) {
                out[to + i] = (byte) ((level(in, at, i) << spread) + 32);
            }
        }

        /** One of 16: -32 to 31. */
        @Override
        public int scale(byte[] in, int at, int j) {
            int low = in[at + 96 + j % 8] >>> j / 8 * 4 & 15;
            int high = in[at + 104 + j % 4] >>> j / 4 * 2 & 3;
            return (low | high << 4) - 32;
        }

        @Override
        public short d(byte[] in, int at) {
            return Spread.divided(Bytes.getShort(in, at + 108));
        }

        @Override
        public void setScale(byte[] block, int at, float d) {
            Bytes.putHalf(block, at + 108, d);
        }
    },
    Q4_K {
        @Override
        int level(byte[] in, int at, int i) {
            return in[at + 16 + i / 64 * 32 + i % 32] >>> i % 64 / 32 * 4 & 15;
        }
    },
    Q5_K {
        @Override
        int level(byte[] in, int at, int i) {
            int low = in[at + 48 + i / 64 * 32 + i % 32] >>> i % 64 / 32 * 4 & 15;
            return low | (in[at + 16 + i % 32] >>> i / 32 & 1) << 4;
        }
    },
    Q6_K {
        @Override
        public void dequantize(byte[] in, int at, float[] out, int to) {
            float d = Bytes.getHalf(in, at + 208);
            for (int i = 0; i < 256; i++) {
                out[to + i] = d * in[at + 192 + i / 16] * (level(in, at, i) - 32);
            }
        }

        @Override
        int level(byte[] in, int at, int i) {
            int low = in[at + i / 128 * 64 + i % 64] >>> i % 128 / 64 * 4 & 15;
            int high = in[at + 128 + i / 128 * 32 + i % 32] >>> i % 128 / 32 * 2 & 3;
            return low | high << 4;
        }

        /** One of 16. */
        @Override
        public int scale(byte[] in, int at, int j) {
            return in[at + 192 + j];
        }

        @Override
        public short d(byte[] in, int at) {
            return Bytes.getShort(in, at + 208);
        }

        @Override
        public void setScale(byte[] block, int at, float d) {
            Bytes.putHalf(block, at + 208, d);
        }
    },

    /** ggml's own working format; held as Q8_0 with its scale, an F32 there, rounded to F16. Sums that it has are not read. */
    Q8_K {
        @Override
        public void dequantize(byte[] in, int at, float[] out, int to) {
            float d = Bytes.getFloat(in, at);
            for (int i = 0; i < 256; i++) {
                out[to + i] = d * in[at + 4 + i];
            }
        }

        @Override
        int level(byte[] in, int at, int i) {
            return in[at + 4 + i] + 128;
        }

        @Override
        public short d(byte[] in, int at) {
            return Float.floatToFloat16(Bytes.getFloat(in, at));
        }

        @Override
        public void setScale(byte[] block, int at, float d) {
            Bytes.putFloat(block, at, d);
        }
    };

    /** A weight as an integer that is not negative. */
    int level(byte[] in, int at, int i) {
        throw new IllegalStateException(this + " has no such integers");
    }

    /** Q4_K and Q5_K. */
    @Override
    public void dequantize(byte[] in, int at, float[] out, int to) {
        float d = Bytes.getHalf(in, at);
        float dmin = Bytes.getHalf(in, at + 2);
        for (int j = 0; j < 8; j++) {
            float scale = d * scale(in, at, j);
            float minimum = dmin * minimum(in, at, j);
            for (int i = 32 * j; i < 32 * j + 32; i++) {
                out[to + i] = scale * level(in, at, i) - minimum;
            }
        }
    }

    @Override
    public void integers(byte[] in, int at, byte[] out, int to) {
        for (int i = 0; i < 256; i++) {
            out[to + i] = (byte) level(in, at, i);
        }
    }

    /** One of the eight scales in 12 bytes: 0 to 63. */
    @Override
    public int scale(byte[] in, int at, int j) {
        int s = at + 4;
        return j < 4 ? in[s + j] & 63 : in[s + j + 4] & 15 | (in[s + j - 4] >>> 6 & 3) << 4;
    }

    /** One of the eight minima in 12 bytes: 0 to 63. */
    @Override
    public int minimum(byte[] in, int at, int j) {
        int s = at + 4;
        return j < 4 ? in[s + j + 4] & 63 : in[s + j + 4] >>> 4 & 15 | (in[s + j] >>> 6 & 3) << 4;
    }

    @Override
    public short d(byte[] in, int at) {
        return Bytes.getShort(in, at);
    }

    @Override
    public short dmin(byte[] in, int at) {
        return Bytes.getShort(in, at + 2);
    }

    @Override
    public void setScale(byte[] block, int at, float d) {
        Bytes.putHalf(block, at, d);
        Bytes.putHalf(block, at + 2, d);
    }
}
