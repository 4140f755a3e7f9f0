package dev.altiplano.engine.kernel.quant;

/** Formats of blocks of 32 weights with one scale: Q8_0, Q4_0, Q5_0, and Q4_1 and Q5_1 that have a minimum beside it. */
enum RoundFormats implements StoredFormat {
    Q8_0(8, false),
    Q4_0(4, false),
    Q4_1(4, true),
    Q5_0(5, false),
    Q5_1(5, true);

    private final int bits;
    private final boolean minimum;

    RoundFormats(int bits, boolean minimum) {
        this.bits = bits;
        this.minimum = minimum;
    }

    @Override
    public void dequantize(byte[] in, int at, float[] out, int to) {
        float d = Bytes.getHalf(in, at);
        if (bits == 8) {
            for (int i = 0; i < 32; i++) {
                out[to + i] = d * in[at + 2 + i];
            }
            return;
        }
        float m = minimum ? Bytes.getHalf(in, at + 2) : 0;
        int zero = minimum ? 0 : 1 << bits - 1;
        for (int i = 0; i < 32; i++) {
            int level = level(in, at, i);
            out[to + i] = minimum ? d * level + m : d * (level - zero);
        }
    }

    /** Number {@code i} of a block of four or five bits. */
    private int level(byte[] in, int at, int i) {
        int upper = at + (minimum ? 4 : 2);
        int qs = upper + (bits == 5 ? 4 : 0);
        int low = in[qs + i % 16] >>> i / 16 * 4 & 15;
        return bits == 5 ? low | (Bytes.getInt(in, upper) >>> i & 1) << 4 : low;
    }

    @Override
    public boolean keepsIntegers() {
        return !minimum;
    }

    /** Those of Q5_0 as Q8_0 holds them, {@linkplain Spread spread}. */
    @Override
    public void integers(byte[] in, int at, byte[] out, int to) {
        switch (this) {
            case Q8_0 -> {
                for (int i = 0; i < 32; i++) {
                    out[to + i] = (byte) (in[at + 2 + i] ^ 0x80);
                }
            }
            case Q4_0 -> halves(in, at + 2, out, to);
            case Q5_0 -> {
                int spread = Spread.bits(Bytes.getShort(in, at));
                for (int i = 0; i < 32; i++) {
                    out[to + i] = (byte) ((level(in, at, i) - 16 << spread) + 128);
                }
            }
            default -> StoredFormat.super.integers(in, at, out, to);
        }
    }

    /** Splits 16 bytes: the lower halves are the first 16 numbers. */
    static void halves(byte[] in, int at, byte[] out, int to) {
        for (int i = 0; i < 16; i++) {
            out[to + i] = (byte) (in[at + i] & 15);
            out[to + 16 + i] = (byte) (in[at + i] >>> 4 & 15);
        }
    }

    @Override
    public short d(byte[] in, int at) {
        short d = Bytes.getShort(in, at);
        return this == Q5_0 ? Spread.divided(d) : d;
    }

    @Override
    public void setScale(byte[] block, int at, float d) {
        Bytes.putHalf(block, at, d);
        if (minimum) {
            Bytes.putHalf(block, at + 2, -d);
        }
    }
}
