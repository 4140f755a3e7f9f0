package dev.altiplano.engine.kernel;

import dev.altiplano.engine.kernel.quant.RandomBlocks;
import dev.altiplano.engine.kernel.quant.RowSource;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;

/** Random weights as files store them, and random activations. */
final class TestMatrices {

    private TestMatrices() {}

    /** Any bit pattern, with scales of a sensible size. */
    static byte[] randomStored(WeightFormat format, int rows, int columns, Random random) {
        byte[] bytes = new byte[Math.toIntExact(rows * format.rowBytes(columns))];
        RandomBlocks.fill(format, 0.02f, bytes, random);
        return bytes;
    }

    /** Rows out of an array. */
    static RowSource source(byte[] bytes, WeightFormat format, int columns) {
        int rowBytes = Math.toIntExact(format.rowBytes(columns));
        return (first, rows, target) ->
                MemorySegment.copy(bytes, first * rowBytes, target, ValueLayout.JAVA_BYTE, 0, rows * rowBytes);
    }

    /** Normal values, with a few that are much larger, and a stretch of zeros. */
    static MemorySegment randomActivations(int rows, int columns, Random random, Arena arena) {
        MemorySegment values = arena.allocate(4L * rows * columns, 64);
        for (int i = 0; i < rows * columns; i++) {
            double value = random.nextGaussian() * (random.nextInt(50) == 0 ? 20 : 1);
            values.setAtIndex(ValueLayout.JAVA_FLOAT, i, i / 40 % 9 == 8 ? 0 : (float) value);
        }
        return values;
    }
}
