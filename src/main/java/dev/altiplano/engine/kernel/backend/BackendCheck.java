package dev.altiplano.engine.kernel.backend;

import dev.altiplano.engine.kernel.LinearKernels;
import dev.altiplano.engine.kernel.PackedMatrix;
import dev.altiplano.engine.kernel.WeightFormat;
import dev.altiplano.engine.kernel.quant.Packer;
import dev.altiplano.engine.kernel.quant.RandomBlocks;
import dev.altiplano.engine.kernel.quant.RowSource;
import dev.altiplano.engine.kernel.scalar.ScalarLinear;
import dev.altiplano.engine.os.WorkerPool;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A short comparison with the scalar definition, made before a backend is used: a processor, an emulator or a compiler that
 * computes something else is found out at start and not by its answers. Generated rows must agree in every bit, prompt rows
 * within what their own definition rounds away.
 */
final class BackendCheck {

    private static final int OUTPUTS = 40;
    private static final int COLUMNS = 256;
    private static final int ROWS = 5;
    private static final int GENERATED = 3;
    /** Rows of weights that differ: few, since this is on the way of every start, and no divisor of a strip's rows. */
    private static final int KINDS = 7;

    private BackendCheck() {}

    /** What is wrong with products as {@code linear} computes them, or null. */
    static @Nullable String failure(LinearKernels linear, WorkerPool pool) {
        ScalarLinear scalar = new ScalarLinear(pool);
        Random random = new Random(1);
        try (Arena arena = Arena.ofShared()) {
            MemorySegment in = arena.allocate(4L * ROWS * COLUMNS, 64);
            for (int i = 0; i < ROWS * COLUMNS; i++) {
                in.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextGaussian());
            }
            for (WeightFormat format : WeightFormat.values()) {
                if (format.nativeFormat() != format) {
                    continue;
                }
                byte[][] kinds = new byte[KINDS][(int) format.rowBytes(COLUMNS)];
                for (byte[] kind : kinds) {
                    RandomBlocks.fill(format, 0.3f, kind, random);
                }
                RowSource source = (first, rows, target) -> {
                    for (int row = 0; row < rows; row++) {
                        byte[] kind = kinds[(first + row) % KINDS];
                        MemorySegment.copy(
                                kind, 0, target, ValueLayout.JAVA_BYTE, (long) row * kind.length, kind.length);
                    }
                };
                PackedMatrix[] stack = {Packer.packAlone(source, OUTPUTS, COLUMNS, format, arena)};
                MemorySegment expected = arena.allocate(4L * ROWS * OUTPUTS, 64);
                MemorySegment computed = arena.allocate(4L * ROWS * OUTPUTS, 64);
                scalar.multiply(stack, in, expected, ROWS, GENERATED, false);
                linear.multiply(stack, in, computed, ROWS, GENERATED, false);
                for (int i = 0; i < ROWS * OUTPUTS; i++) {
                    float right = expected.getAtIndex(ValueLayout.JAVA_FLOAT, i);
                    float value = computed.getAtIndex(ValueLayout.JAVA_FLOAT, i);
                    boolean exact = i < GENERATED * OUTPUTS || format == WeightFormat.F32;
                    // Sums of 256 products of about 0.3: what bfloat16 and int8 round away is about 0.03.
                    if (exact
                            ? Float.floatToRawIntBits(right) != Float.floatToRawIntBits(value)
                            : !(Math.abs(right - value) < 0.3f)) {
                        return "its " + format + " product of a " + (i < GENERATED * OUTPUTS ? "generated" : "prompt")
                                + " row is " + value + " instead of " + right;
                    }
                }
            }
        }
        return null;
    }
}
