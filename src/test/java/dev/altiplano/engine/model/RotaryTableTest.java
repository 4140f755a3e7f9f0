package dev.altiplano.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.checkpoint.architecture.Rope;
import dev.altiplano.engine.checkpoint.architecture.RopeScaling;
import dev.altiplano.engine.kernel.RowBatch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/** Angles of far positions against double precision, and dimensions that are not turned. */
final class RotaryTableTest {

    private static final Hyperparameters SHAPE =
            new Hyperparameters(4096, 14336, 1, 32, 8, 128, 128_256, 262_144, 1e-5f, 500_000);

    @Test
    void farPositionsHaveTheAnglesOfDoublePrecision() {
        Hyperparameters h = SHAPE.withRope(new Rope(500_000, 128, new RopeScaling.Llama3(8, 1, 4, 8192)));
        try (Arena arena = Arena.ofConfined()) {
            RotaryTable table = new RotaryTable(h, arena);
            for (int position : new int[] {0, 1, 8191, 131_071, 131_072, 262_143}) {
                MemorySegment angles = table.at(position);
                for (int k = 0; k < 64; k++) {
                    double turns = 8192 * StrictMath.pow(500_000, -k / 64.0) / (2 * Math.PI);
                    double smooth = Math.clamp((turns - 1) / 3, 0, 1);
                    double frequency = StrictMath.pow(500_000, -k / 64.0) * ((1 - smooth) / 8 + smooth);
                    long at = position * 128L + 2 * k;
                    // An angle of 10^5 in double precision is good to 10^-10; what is left is the rounding to F32.
                    assertThat((double) angles.getAtIndex(ValueLayout.JAVA_FLOAT, at))
                            .isCloseTo(StrictMath.cos(position * frequency), within(1e-7));
                    assertThat((double) angles.getAtIndex(ValueLayout.JAVA_FLOAT, at + 1))
                            .isCloseTo(StrictMath.sin(position * frequency), within(1e-7));
                }
            }
        }
    }

    /** As where a long beginning was found in memory: nothing before it is waited for. */
    @Test
    void rowsFillTheirOwnStepsAlone() {
        int step = 512;
        int first = 20_000 / step * step;
        long rowBytes = 4L * SHAPE.headDim();
        try (Arena arena = Arena.ofConfined()) {
            RowBatch rows = new RowBatch(2, 1, arena);
            int list = rows.addBlockList(new int[] {0}, 1);
            rows.addRow(3, list, true);
            rows.addRow(20_000, list, true);
            MemorySegment angles = new RotaryTable(SHAPE, arena).of(rows);
            RotaryTable filled = new RotaryTable(SHAPE, arena);
            MemorySegment all = filled.at(0);
            for (int position = 0; position < first + step; position++) {
                all = filled.at(position);
            }
            for (int position = 0; position < first + 2 * step; position++) {
                MemorySegment row = angles.asSlice(position * rowBytes, rowBytes);
                boolean used = position < step || position >= first && position < first + step;
                MemorySegment expected = used ? all.asSlice(position * rowBytes, rowBytes) : arena.allocate(rowBytes);
                assertThat(row.mismatch(expected)).as("position %d", position).isEqualTo(-1);
            }
        }
    }

    @Test
    void dimensionsBehindTheTurnedOnesStayAsTheyAre() {
        Hyperparameters h = SHAPE.withContextLength(16)
                .withRope(new Rope(10_000, 32, new RopeScaling.Amplified(new RopeScaling.None(), 2)));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment angles = new RotaryTable(h, arena).at(5);
            assertThat((double) angles.getAtIndex(ValueLayout.JAVA_FLOAT, 5 * 128))
                    .isCloseTo(2 * Math.cos(5), within(1e-6));
            for (int d = 32; d < 128; d++) {
                assertThat(angles.getAtIndex(ValueLayout.JAVA_FLOAT, 5 * 128 + d))
                        .isEqualTo(d % 2 == 0 ? 1f : 0f);
            }
        }
    }
}
