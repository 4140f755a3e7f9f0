package dev.altiplano.engine.model;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The rotary angles of all positions (Su et al. 2021). */
final class Rope {

    private Rope() {}

    /**
     * cos and sin of {@code position · theta^(-2k / headDim)}, side by side: F32 [positions, headDim]. Frequencies and angles
     * are rounded to F32 as the official code has them; their cosines and sines are not.
     */
    static MemorySegment table(int positions, int headDim, double theta, Arena arena) {
        MemorySegment table = arena.allocate(4L * positions * headDim, 64);
        for (int k = 0; k < headDim / 2; k++) {
            float frequency = (float) (1.0 / (float) Math.pow(theta, (float) (2 * k) / headDim));
            for (int position = 0; position < positions; position++) {
                float angle = position * frequency;
                long at = (long) position * headDim + 2L * k;
                table.setAtIndex(ValueLayout.JAVA_FLOAT, at, (float) Math.cos(angle));
                table.setAtIndex(ValueLayout.JAVA_FLOAT, at + 1, (float) Math.sin(angle));
            }
        }
        return table;
    }
}
