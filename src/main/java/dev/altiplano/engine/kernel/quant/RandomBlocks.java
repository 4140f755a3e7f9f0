package dev.altiplano.engine.kernel.quant;

import dev.altiplano.engine.kernel.WeightFormat;
import java.util.Random;

/**
 * Random weights as files store them, in any format, those included to which nothing can be rounded: for checks and
 * measurements. Bits are random; only scales are chosen.
 */
public final class RandomBlocks {

    private RandomBlocks() {}

    /**
     * Fills whole quant blocks with weights around 0.
     *
     * @param deviation root of the mean square of all weights, nearly
     */
    public static void fill(WeightFormat format, float deviation, byte[] out, Random random) {
        if (!format.quantized()) {
            float[] values = new float[out.length / format.blockBytes()];
            for (int i = 0; i < values.length; i++) {
                values[i] = deviation * (float) random.nextGaussian();
            }
            BlockQuantizer.quantize(format, values, 0, values.length, out, 0);
            return;
        }
        random.nextBytes(out);
        StoredFormat stored = BlockReader.of(format);
        float[] values = new float[format.blockElements()];
        double squares = 0;
        int blocks = out.length / format.blockBytes();
        for (int block = 0; block < blocks; block++) {
            stored.setScale(out, block * format.blockBytes(), 1);
            stored.dequantize(out, block * format.blockBytes(), values, 0);
            for (float value : values) {
                squares += (double) value * value;
            }
        }
        double scale = deviation / Math.sqrt(squares / ((double) blocks * values.length));
        for (int block = 0; block < blocks; block++) {
            double near = scale * (0.75 + 0.5 * random.nextDouble());
            stored.setScale(out, block * format.blockBytes(), (float) (random.nextBoolean() ? near : -near));
        }
    }
}
