package dev.altiplano.tool.bench;

import dev.altiplano.engine.checkpoint.tensor.TensorType;
import dev.altiplano.engine.kernel.WeightFormat;
import dev.altiplano.engine.kernel.quant.BlockQuantizer;
import dev.altiplano.engine.kernel.quant.RandomBlocks;
import java.util.Random;

/**
 * Normally distributed weights in one type (random bits where nothing can be rounded to it), in pieces of 256: making billions of weights is then a matter of copying, as fast
 * as a model is read from the page cache.
 *
 * @param bytes the pieces one after the other
 * @param pieceBytes bytes of one piece
 */
record RandomPieces(byte[] bytes, int pieceBytes) {

    private static final int PIECES = 1024;
    private static final int PIECE = 256;

    /** Pieces of weights around {@code mean}, the same for the same arguments. */
    static RandomPieces of(TensorType type, float mean, float deviation, long seed) {
        Random random = new Random(seed);
        WeightFormat format = WeightFormat.valueOf(type.name());
        if (!BlockQuantizer.quantizes(format)) {
            byte[] bytes = new byte[(int) type.rowBytes(PIECES * PIECE)];
            RandomBlocks.fill(format, deviation, bytes, random);
            return new RandomPieces(bytes, (int) type.rowBytes(PIECE));
        }
        float[] values = new float[PIECES * PIECE];
        for (int i = 0; i < values.length; i++) {
            values[i] = mean + deviation * (float) random.nextGaussian();
        }
        byte[] bytes = new byte[(int) type.rowBytes(values.length)];
        BlockQuantizer.quantize(format, values, 0, values.length, bytes, 0);
        return new RandomPieces(bytes, (int) type.rowBytes(PIECE));
    }

    /** Where the piece begins that a random number chooses. */
    int begin(long choice) {
        return (int) (choice & PIECES - 1) * pieceBytes;
    }
}
