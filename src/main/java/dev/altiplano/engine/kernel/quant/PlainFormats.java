package dev.altiplano.engine.kernel.quant;

/** Formats whose elements are numbers of their own. */
enum PlainFormats implements StoredFormat {
    F32 {
        @Override
        public void dequantize(byte[] in, int at, float[] out, int to) {
            out[to] = Bytes.getFloat(in, at);
        }

        @Override
        public void setScale(byte[] block, int at, float d) {
            Bytes.putFloat(block, at, d);
        }
    },
    F16 {
        @Override
        public void dequantize(byte[] in, int at, float[] out, int to) {
            out[to] = Bytes.getHalf(in, at);
        }

        @Override
        public void setScale(byte[] block, int at, float d) {
            Bytes.putHalf(block, at, d);
        }
    },
    BF16 {
        @Override
        public void dequantize(byte[] in, int at, float[] out, int to) {
            out[to] = Bytes.bfloat16ToFloat(Bytes.getShort(in, at));
        }

        @Override
        public void setScale(byte[] block, int at, float d) {
            Bytes.putShort(block, at, Bytes.floatToBfloat16(d));
        }
    }
}
