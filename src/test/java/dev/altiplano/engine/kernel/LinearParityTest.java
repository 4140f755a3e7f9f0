package dev.altiplano.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every instruction set of this machine gives the bits of the scalar backend, for any number of rows, threads and outputs. */
class LinearParityTest {

    private static final int[] ROWS = {1, 3, 7, 8, 13, 16, 33};

    /** What this machine runs; the tests of the others are made where those are. */
    static List<String> backends() {
        List<String> backends = new ArrayList<>();
        for (String label : InstructionSet.labels()) {
            try (Kernels kernels = Kernels.create(KernelOptions.of(label, 1))) {
                backends.add(kernels.backend().instructionSet());
            } catch (IllegalArgumentException notHere) {
                assertThat(notHere).hasMessageContaining("not on this machine");
            }
        }
        return backends;
    }

    @Test
    void nativeKernelsAreBuiltAndChosen() {
        try (Kernels kernels = Kernels.create(KernelOptions.auto(2))) {
            assertThat(kernels.backend().name()).isEqualTo("native");
            assertThat(kernels.backend().rejected()).allMatch(reason -> reason.contains("not on this machine"));
        }
    }

    @TestFactory
    List<DynamicTest> generatedRowsHaveTheSameBitsEverywhere() {
        List<DynamicTest> tests = new ArrayList<>();
        for (String backend : backends()) {
            for (WeightFormat format : WeightFormat.values()) {
                if (format.nativeFormat() == format) {
                    tests.add(DynamicTest.dynamicTest(backend + " " + format, () -> compare(backend, format)));
                }
            }
        }
        return tests;
    }

    private static void compare(String backend, WeightFormat format) {
        Random random = new Random(format.ordinal());
        int[] allColumns = format.blockElements() == 256
                ? new int[] {256, 768}
                : format.quantized() ? new int[] {32, 288, 320} : new int[] {1, 33, 64};
        try (Kernels scalar = Kernels.create(KernelOptions.of("scalar", 1));
                Kernels tested = Kernels.create(KernelOptions.of(backend, 1));
                Kernels withThree = Kernels.create(KernelOptions.of(backend, 3));
                Arena arena = Arena.ofShared()) {
            for (int columns : allColumns) {
                PackedMatrix[] stack = {
                    matrix(format, 17, columns, random, scalar, arena),
                    matrix(WeightFormat.F32, 1, columns, random, scalar, arena),
                    matrix(format, 67, columns, random, scalar, arena)
                };
                for (int rows : ROWS) {
                    MemorySegment in = TestMatrices.randomActivations(rows, columns, random, arena);
                    float[] expected = run(scalar, stack, in, rows, rows, arena);
                    assertThat(run(tested, stack, in, rows, rows, arena)).isEqualTo(expected);
                    assertThat(run(withThree, stack, in, rows, rows, arena)).isEqualTo(expected);
                    float[] mixed = run(withThree, stack, in, rows, rows / 2, arena);
                    assertThat(java.util.Arrays.copyOf(mixed, rows / 2 * 85))
                            .isEqualTo(java.util.Arrays.copyOf(expected, rows / 2 * 85));
                    compareLoosely(format, mixed, expected);
                    assertThat(run(tested, stack, in, rows, rows / 2, arena)).isEqualTo(mixed);
                }
            }
        }
    }

    /** Prompt rows may round activations and weights to bfloat16 instead. */
    private static void compareLoosely(WeightFormat format, float[] values, float[] expected) {
        double error = 0;
        double power = 0;
        for (int i = 0; i < values.length; i++) {
            error += Math.pow(values[i] - expected[i], 2);
            power += Math.pow(expected[i], 2);
        }
        assertThat(Math.sqrt(error)).isLessThanOrEqualTo((format == WeightFormat.F32 ? 1e-6 : 0.02) * Math.sqrt(power));
    }

    private static PackedMatrix matrix(
            WeightFormat format, int outputs, int columns, Random random, Kernels kernels, Arena arena) {
        byte[] bytes = TestMatrices.randomStored(format, outputs, columns, random);
        return kernels.pack(TestMatrices.source(bytes, format, columns), outputs, columns, format, format, arena);
    }

    private static float[] run(
            Kernels kernels, PackedMatrix[] stack, MemorySegment in, int rows, int generated, Arena arena) {
        MemorySegment out = arena.allocate(4L * rows * 85, 64);
        kernels.linear(stack, in, out, rows, generated, false);
        kernels.linear(stack, in, out, rows, generated, true);
        return out.toArray(ValueLayout.JAVA_FLOAT);
    }

    @Test
    void refusesWhatDoesNotFit() {
        try (Kernels kernels = Kernels.create(KernelOptions.auto(1));
                Arena arena = Arena.ofShared()) {
            PackedMatrix matrix = matrix(WeightFormat.Q8_0, 5, 64, new Random(1), kernels, arena);
            MemorySegment in = arena.allocate(4 * 64);
            MemorySegment out = arena.allocate(4 * 5);
            PackedMatrix[] stack = {matrix};
            kernels.linear(stack, in, out, 1, 1, false);
            org.assertj.core.api.Assertions.assertThatThrownBy(() -> kernels.linear(stack, in, out, 2, 1, false))
                    .hasMessageContaining("in has 256 bytes, needed are 512");
            PackedMatrix lying = new PackedMatrix(WeightFormat.Q8_0, 50, 64, matrix.data());
            org.assertj.core.api.Assertions.assertThatThrownBy(
                            () -> kernels.linear(new PackedMatrix[] {lying}, in, arena.allocate(200), 1, 1, false))
                    .hasMessageContaining("a matrix [50, 64] in Q8_0 has only");
        }
    }

    @Test
    void namesWhyABackendDoesNotRun() {
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> Kernels.create(KernelOptions.of("sse2", 1)))
                .hasMessageContaining("\"sse2\" is unknown")
                .hasMessageContaining("avx512-vnni");
    }
}
