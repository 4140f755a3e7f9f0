package dev.altiplano.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.ChildJvm;
import dev.altiplano.engine.kernel.backend.Backends;
import dev.altiplano.engine.kernel.backend.KernelOptions;
import dev.altiplano.engine.kernel.quant.Packer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Vector API with the shortest vectors that a machine may have, which few have: against the scalar backend. */
class ShortVectorsTest {

    /** In a process of its own: the length of vectors is decided at its start. */
    @Test
    void productsHaveTheBitsOfTheScalarBackend(@TempDir Path folder) throws Exception {
        List<String> options = List.of(
                "-XX:MaxVectorSize=16", "--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED");
        ChildJvm.Ended ended = ChildJvm.run(folder, ChildJvm.command(folder, options, Comparison.class.getName()));
        assertThat(ended.status()).as(ended.toString()).isZero();
        assertThat(ended.out()).contains("compared vector128");
    }

    /** Compares products of every format, of few rows and of many. */
    static final class Comparison {

        private static final int OUTPUTS = 47;

        private Comparison() {}

        public static void main(String[] arguments) {
            Random random = new Random(1);
            try (Kernels scalar = Backends.create(KernelOptions.of(BackendName.SCALAR, 1));
                    Kernels vector = Backends.create(KernelOptions.of(BackendName.VECTOR, 1))) {
                for (WeightFormat format : WeightFormat.values()) {
                    if (format.nativeFormat() == format) {
                        compare(scalar, vector, format, random);
                    }
                }
                System.out.println("compared " + vector.backend().instructionSet());
            }
        }

        private static void compare(Kernels scalar, Kernels vector, WeightFormat format, Random random) {
            int[] allColumns = format.blockElements() == 256
                    ? new int[] {256, 512}
                    : format.quantized() ? new int[] {32, 128, 256, 288} : new int[] {33};
            for (int columns : allColumns) {
                for (int rows : new int[] {1, 9}) {
                    // Nothing lies behind these weights.
                    try (Arena arena = Arena.ofShared()) {
                        byte[] bytes = TestMatrices.randomStored(format, OUTPUTS, columns, random);
                        PackedMatrix[] stack = {
                            Packer.packAlone(
                                    TestMatrices.source(bytes, format, columns), OUTPUTS, columns, format, arena)
                        };
                        MemorySegment in = TestMatrices.randomActivations(rows, columns, random, arena);
                        if (!Arrays.equals(run(scalar, stack, in, rows), run(vector, stack, in, rows))) {
                            throw new AssertionError(format + " with " + columns + " columns and " + rows + " rows");
                        }
                    }
                }
            }
        }

        private static float[] run(Kernels kernels, PackedMatrix[] stack, MemorySegment in, int rows) {
            try (Arena arena = Arena.ofShared()) {
                MemorySegment out = arena.allocate(4L * rows * OUTPUTS, 64);
                kernels.linear().multiply(stack, in, out, rows, rows, false);
                return out.toArray(ValueLayout.JAVA_FLOAT);
            }
        }
    }
}
