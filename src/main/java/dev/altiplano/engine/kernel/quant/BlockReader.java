package dev.altiplano.engine.kernel.quant;

import dev.altiplano.engine.kernel.WeightFormat;

/** Reads rows as files store them: finds the {@link StoredFormat} of each format. */
public final class BlockReader {

    private BlockReader() {}

    /** Converts {@code count} weights, whole quant blocks, to floats. */
    public static void dequantize(WeightFormat format, byte[] in, int offset, float[] out, int outOffset, int count) {
        StoredFormat stored = of(format);
        int elements = format.blockElements();
        int at = offset;
        for (int i = 0; i < count; i += elements, at += format.blockBytes()) {
            stored.dequantize(in, at, out, outOffset + i);
        }
    }

    static StoredFormat of(WeightFormat format) {
        return switch (format) {
            case F32 -> PlainFormats.F32;
            case F16 -> PlainFormats.F16;
            case BF16 -> PlainFormats.BF16;
            case Q8_0 -> RoundFormats.Q8_0;
            case Q4_0 -> RoundFormats.Q4_0;
            case Q4_1 -> RoundFormats.Q4_1;
            case Q5_0 -> RoundFormats.Q5_0;
            case Q5_1 -> RoundFormats.Q5_1;
            case Q2_K -> KFormats.Q2_K;
            case Q3_K -> KFormats.Q3_K;
            case Q4_K -> KFormats.Q4_K;
            case Q5_K -> KFormats.Q5_K;
            case Q6_K -> KFormats.Q6_K;
            case Q8_K -> KFormats.Q8_K;
            case IQ1_S -> TernaryFormats.IQ1_S;
            case IQ1_M -> TernaryFormats.IQ1_M;
            case IQ2_XXS -> GridFormats.IQ2_XXS;
            case IQ2_XS -> GridFormats.IQ2_XS;
            case IQ2_S -> GridFormats.IQ2_S;
            case IQ3_XXS -> GridFormats.IQ3_XXS;
            case IQ3_S -> GridFormats.IQ3_S;
            case IQ4_NL -> FourBitFormats.IQ4_NL;
            case IQ4_XS -> FourBitFormats.IQ4_XS;
            case TQ1_0 -> TernaryFormats.TQ1_0;
            case TQ2_0 -> TernaryFormats.TQ2_0;
            case MXFP4 -> FourBitFormats.MXFP4;
        };
    }
}
