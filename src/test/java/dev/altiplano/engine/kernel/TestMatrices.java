package dev.altiplano.engine.kernel;

import dev.altiplano.engine.kernel.quant.Bytes;
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
        random.nextBytes(bytes);
        for (int at = 0; at < bytes.length; at += format.blockBytes()) {
            float scale = (random.nextFloat() + 0.1f) * (random.nextBoolean() ? 0.01f : -0.01f);
            switch (format) {
                case F32 -> Bytes.putFloat(bytes, at, (float) random.nextGaussian() * 0.02f);
                case F16 -> Bytes.putHalf(bytes, at, (float) random.nextGaussian() * 0.02f);
                case BF16 -> Bytes.putShort(bytes, at, Bytes.floatToBfloat16((float) random.nextGaussian() * 0.02f));
                case Q8_0, Q4_0, Q5_0 -> Bytes.putHalf(bytes, at, scale);
                case Q4_1, Q5_1, Q4_K, Q5_K -> {
                    Bytes.putHalf(bytes, at, scale);
                    Bytes.putHalf(bytes, at + 2, scale * random.nextFloat());
                }
                case Q2_K -> {
                    Bytes.putHalf(bytes, at + 80, scale);
                    Bytes.putHalf(bytes, at + 82, scale * random.nextFloat());
                }
                case Q3_K -> Bytes.putHalf(bytes, at + 108, scale);
                case Q6_K -> Bytes.putHalf(bytes, at + 208, scale);
            }
        }
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
