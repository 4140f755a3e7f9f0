package dev.altiplano.engine.kernel.quant;

import dev.altiplano.engine.kernel.Codebook;
import dev.altiplano.engine.kernel.Packing;
import dev.altiplano.engine.kernel.WeightFormat;

/**
 * A format whose weights are codes of a {@link Codebook}: what it is as numbers follows from its codes and scales. Weights are
 * {@code d · scale · level · unit}, which floats hold exactly.
 */
abstract class CodedFormat implements StoredFormat {

    private final WeightFormat format;

    CodedFormat(WeightFormat format) {
        this.format = format;
    }

    /** The code of weight {@code i} of a block: 0 to 15. */
    abstract int code(byte[] in, int at, int i);

    /** The scale of a whole block. */
    float blockScale(byte[] in, int at) {
        return Float.float16ToFloat(d(in, at));
    }

    @Override
    public void dequantize(byte[] in, int at, float[] out, int to) {
        Codebook codebook = format.codebook();
        float d = blockScale(in, at) * codebook.unit();
        int each = format.packing() == Packing.CODED_16 ? 16 : 32;
        for (int first = 0; first < format.blockElements(); first += each) {
            float scale = d * scale(in, at, first / each);
            for (int i = first; i < first + each; i++) {
                out[to + i] = scale * codebook.level(code(in, at, i));
            }
        }
    }

    @Override
    public void integers(byte[] in, int at, byte[] out, int to) {
        for (int i = 0; i < format.blockElements(); i++) {
            out[to + i] = (byte) code(in, at, i);
        }
    }

    @Override
    public short d(byte[] in, int at) {
        return Bytes.getShort(in, at);
    }

    @Override
    public void setScale(byte[] block, int at, float d) {
        Bytes.putHalf(block, at, d);
    }

    @Override
    public String toString() {
        return format.toString();
    }
}
