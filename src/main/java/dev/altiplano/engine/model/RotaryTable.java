package dev.altiplano.engine.model;

import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.checkpoint.architecture.RopeFrequencies;
import dev.altiplano.engine.kernel.RowBatch;
import dev.altiplano.engine.os.LargeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Cosines and sines of the rotary angles (Su et al. 2021), filled where rows have stood: a long context costs memory and time only where it
 * is used, and a prefix from the cache costs none. Angles are computed in double precision, since at position 131,072 a float's angle would
 * be wrong in the second decimal; and by functions that give the same bits on every machine. Belongs to the engine thread.
 */
final class RotaryTable {

    /** Positions that are filled at a time. */
    private static final int STEP = 512;

    private final int headDim;
    private final int contextLength;
    private final RopeFrequencies frequencies;
    private final MemorySegment table;
    /** Whether each {@link #STEP} positions are filled. */
    private final boolean[] filled;

    /** @param arena owns the table */
    RotaryTable(Hyperparameters h, Arena arena) {
        headDim = h.headDim();
        contextLength = h.contextLength();
        frequencies = RopeFrequencies.of(h.rope(), contextLength);
        table = LargeMemory.allocate(byteSize(h), arena);
        filled = new boolean[Math.ceilDiv(contextLength, STEP)];
    }

    /** Bytes of a table for the whole context. */
    static long byteSize(Hyperparameters h) {
        return 4L * h.contextLength() * h.headDim();
    }

    /**
     * cos and sin of each pair side by side, F32 [contextLength, headDim], right at the positions of {@code rows}; dimensions that
     * are not turned have the angle 0.
     */
    MemorySegment of(RowBatch rows) {
        for (int row = 0; row < rows.rows(); row++) {
            fillStepOf(rows.positions().getAtIndex(ValueLayout.JAVA_INT, row));
        }
        return table;
    }

    /** The same, right at {@code position}. */
    MemorySegment at(int position) {
        fillStepOf(position);
        return table;
    }

    private void fillStepOf(int position) {
        int step = position / STEP;
        if (!filled[step]) {
            int end = Math.min(contextLength, (step + 1) * STEP);
            for (int each = step * STEP; each < end; each++) {
                fill(each);
            }
            filled[step] = true;
        }
    }

    private void fill(int position) {
        long at = (long) position * headDim;
        double[] each = frequencies.each();
        for (int k = 0; k < headDim / 2; k++, at += 2) {
            boolean turned = k < each.length;
            double angle = turned ? position * each[k] : 0;
            double amplitude = turned ? frequencies.amplitude() : 1;
            table.setAtIndex(ValueLayout.JAVA_FLOAT, at, (float) (amplitude * StrictMath.cos(angle)));
            table.setAtIndex(ValueLayout.JAVA_FLOAT, at + 1, (float) (amplitude * StrictMath.sin(angle)));
        }
    }
}
