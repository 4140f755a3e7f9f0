package dev.altiplano.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.kernel.backend.Backends;
import dev.altiplano.engine.kernel.backend.KernelOptions;
import dev.altiplano.engine.kernel.ffm.InstructionSet;
import dev.altiplano.engine.kernel.quant.Packer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Every instruction set of this machine, and the Vector API, gives the bits of the scalar backend, for any number of rows, threads and outputs. */
@Execution(ExecutionMode.CONCURRENT)
class LinearParityTest {

    private static final int[] ROWS = {1, 3, 7, 8, 13, 16, 33};
    private static final int OUTPUTS = 8 * 16 + 41;
    private static final int LONG_ROWS = 523;
    private static final Path EMULATED_TILES = Path.of("target/native-test/emulated-tiles/libaltiplano.so");

    /**
     * What this machine runs, AMX with tile registers made of memory, and the Vector API; each of the others is tested where it is.
     */
    static List<KernelOptions> backends() {
        List<KernelOptions> backends = new ArrayList<>();
        for (String label : InstructionSet.labels()) {
            try (Kernels kernels = Backends.create(KernelOptions.of(BackendName.labelled(label), 1))) {
                backends.add(
                        KernelOptions.of(BackendName.labelled(kernels.backend().instructionSet()), 1));
            } catch (IllegalArgumentException notHere) {
                assertThat(notHere).hasMessageContaining("not on this machine");
            }
        }
        if (backends.stream().anyMatch(options -> options.backend() == BackendName.AVX512_BF16)) {
            backends.add(new KernelOptions(BackendName.AMX, 1, EMULATED_TILES));
        }
        backends.add(KernelOptions.of(BackendName.VECTOR, 1));
        return backends;
    }

    @Test
    void nativeKernelsAreBuiltAndChosen() {
        try (Kernels kernels = Backends.create(KernelOptions.auto(2))) {
            assertThat(kernels.backend().name()).isEqualTo("native");
            assertThat(kernels.backend().rejected()).allMatch(reason -> reason.contains("not on this machine"));
        }
    }

    @TestFactory
    List<DynamicTest> generatedRowsHaveTheSameBitsEverywhere() {
        List<DynamicTest> tests = new ArrayList<>();
        for (KernelOptions backend : backends()) {
            for (WeightFormat format : WeightFormat.values()) {
                if (format.nativeFormat() == format) {
                    tests.add(
                            DynamicTest.dynamicTest(backend.backend() + " " + format, () -> compare(backend, format)));
                }
            }
        }
        return tests;
    }

    private static void compare(KernelOptions backend, WeightFormat format) {
        Random random = new Random(format.ordinal());
        int[] allColumns = format.blockElements() == 256
                ? new int[] {256, 768}
                : format.quantized() ? new int[] {32, 128, 256, 288, 512, 576} : new int[] {1, 33, 64};
        try (Kernels scalar = Backends.create(KernelOptions.of(BackendName.SCALAR, 1));
                Kernels tested = Backends.create(backend);
                Kernels withThree = Backends.create(new KernelOptions(backend.backend(), 3, backend.nativeLibrary()));
                Arena arena = Arena.ofShared()) {
            for (int columns : allColumns) {
                byte[] first = TestMatrices.randomStored(format, 17, columns, random);
                byte[] single = TestMatrices.randomStored(WeightFormat.F32, 1, columns, random);
                byte[] last = TestMatrices.randomStored(format, 67, columns, random);
                PackedMatrix[] stack = {
                    matrix(first, format, format, 17, columns, scalar, arena),
                    matrix(single, WeightFormat.F32, WeightFormat.F32, 1, columns, scalar, arena),
                    matrix(last, format, format, 67, columns, scalar, arena)
                };
                PackedMatrix[] dequantized = {
                    matrix(first, format, WeightFormat.F32, 17, columns, scalar, arena),
                    stack[1],
                    matrix(last, format, WeightFormat.F32, 67, columns, scalar, arena)
                };
                for (int rows : ROWS) {
                    MemorySegment in = TestMatrices.randomActivations(rows, columns, random, arena);
                    float[] expected = run(scalar, stack, in, rows, rows, arena);
                    assertThat(run(tested, stack, in, rows, rows, arena)).isEqualTo(expected);
                    assertThat(run(withThree, stack, in, rows, rows, arena)).isEqualTo(expected);
                    float[] mixed = run(withThree, stack, in, rows, rows / 2, arena);
                    assertThat(Arrays.copyOf(mixed, rows / 2 * 85)).isEqualTo(Arrays.copyOf(expected, rows / 2 * 85));
                    boolean oneRule = tested.linear().oneRule(format);
                    if (format.quantized() || format == WeightFormat.F32) {
                        assertThat(oneRule).isTrue();
                    }
                    if (oneRule) {
                        assertThat(mixed).isEqualTo(expected);
                    }
                    double bound = format == WeightFormat.F32 ? 0 : format.quantized() ? 0.1 : 0.005;
                    assertThat(error(mixed, run(scalar, dequantized, in, rows, rows, arena), rows / 2 * 85))
                            .isLessThanOrEqualTo(bound);
                    assertThat(run(tested, stack, in, rows, rows / 2, arena)).isEqualTo(mixed);
                    assertTogetherAsOneByOne(withThree, stack, in, rows, expected, arena);
                    assertPromptRowsStandAlone(withThree, stack, in, rows, columns, arena);
                }
            }
        }
    }

    /** More rows than one passage over the weights takes, more outputs than share the activations in a cache, and a rest of both. */
    @TestFactory
    List<DynamicTest> aLongPromptHasTheSameBitsEverywhere() {
        return forEachQuantized(format -> compareLongPrompt(format, weights -> {}, activations -> {}));
    }

    /** Blocks of zeros, and one of which nothing is a number: where scales are neither normal nor 0, they are multiplied otherwise. */
    @TestFactory
    List<DynamicTest> soItHasWhereScalesOfWeightsAreZeroOrStrange() {
        return forEachQuantized(format -> compareLongPrompt(
                format,
                weights -> {
                    int bytes = format.blockBytes();
                    for (int block = 0; block * bytes < weights.length; block += 7) {
                        Arrays.fill(weights, block * bytes, (block + 1) * bytes, (byte) (block == 70 ? -1 : 0));
                    }
                },
                activations -> {}));
    }

    /** Rows that are very large, very small, not a number and infinite. */
    @TestFactory
    List<DynamicTest> soItHasWhereActivationsAreStrange() {
        return forEachQuantized(format -> compareLongPrompt(format, weights -> {}, activations -> {
            int columns = Math.toIntExact(activations.byteSize() / 4 / LONG_ROWS);
            for (int i = 0; i < columns; i++) {
                scale(activations, 100 * columns + i, 1e25f);
                scale(activations, 101 * columns + i, 1e-25f);
                scale(activations, 102 * columns + i, 1e-38f);
            }
            scale(activations, 103 * columns + 5, Float.NaN);
            scale(activations, 104 * columns + 5, Float.POSITIVE_INFINITY);
        }));
    }

    private static void scale(MemorySegment activations, int at, float factor) {
        activations.setAtIndex(ValueLayout.JAVA_FLOAT, at, activations.getAtIndex(ValueLayout.JAVA_FLOAT, at) * factor);
    }

    private static List<DynamicTest> forEachQuantized(Consumer<WeightFormat> check) {
        List<DynamicTest> tests = new ArrayList<>();
        for (WeightFormat format : WeightFormat.values()) {
            if (format.nativeFormat() == format && format.quantized()) {
                tests.add(DynamicTest.dynamicTest(format.toString(), () -> check.accept(format)));
            }
        }
        return tests;
    }

    private static void compareLongPrompt(
            WeightFormat format, Consumer<byte[]> weights, Consumer<MemorySegment> activations) {
        Random random = new Random(format.ordinal());
        int columns = format.blockElements() == 256 ? 768 : 1056;
        try (Kernels scalar = Backends.create(KernelOptions.of(BackendName.SCALAR, 2));
                Arena arena = Arena.ofShared()) {
            byte[] bytes = TestMatrices.randomStored(format, OUTPUTS, columns, random);
            weights.accept(bytes);
            PackedMatrix[] stack = {matrix(bytes, format, format, OUTPUTS, columns, scalar, arena)};
            MemorySegment in = TestMatrices.randomActivations(LONG_ROWS, columns, random, arena);
            activations.accept(in);
            float[] expected = run(scalar, stack, in, LONG_ROWS, LONG_ROWS, OUTPUTS, arena);
            for (KernelOptions backend : backends()) {
                try (Kernels tested = Backends.create(backend)) {
                    assertThat(run(tested, stack, in, LONG_ROWS, LONG_ROWS, OUTPUTS, arena))
                            .as(backend.backend().label())
                            .isEqualTo(expected);
                }
            }
        }
    }

    /** A prompt row among others has the bits that it has alone. */
    private static void assertPromptRowsStandAlone(
            Kernels kernels, PackedMatrix[] stack, MemorySegment in, int rows, int columns, Arena arena) {
        float[] together = run(kernels, stack, in, rows, 0, arena);
        for (int row : new int[] {0, rows / 2, rows - 1}) {
            float[] alone = run(kernels, stack, in.asSlice(4L * row * columns, 4L * columns), 1, 0, arena);
            assertThat(Arrays.copyOfRange(together, row * 85, row * 85 + 85)).isEqualTo(alone);
        }
    }

    /** Independent products have the bits that they have as a stack. */
    private static void assertTogetherAsOneByOne(
            Kernels kernels, PackedMatrix[] stack, MemorySegment in, int rows, float[] expected, Arena arena) {
        for (boolean accumulate : new boolean[] {false, true}) {
            List<LinearProduct> products = new ArrayList<>();
            int first = 0;
            for (PackedMatrix matrix : stack) {
                MemorySegment out = arena.allocate(4L * rows * matrix.rows(), 64);
                kernels.linear().multiply(new PackedMatrix[] {matrix}, in, out, rows, rows, false);
                products.add(new LinearProduct(matrix, in, out, rows, accumulate));
            }
            kernels.linear().multiplyAll(products);
            for (LinearProduct product : products) {
                int outputs = product.matrix().rows();
                for (int row = 0; row < rows; row++) {
                    float[] values = product.out()
                            .asSlice(4L * row * outputs, 4L * outputs)
                            .toArray(ValueLayout.JAVA_FLOAT);
                    for (int i = 0; accumulate && i < outputs; i++) {
                        assertThat(values[i]).isEqualTo(expected[row * 85 + first + i]);
                    }
                    for (int i = 0; !accumulate && i < outputs; i++) {
                        assertThat(values[i] + values[i]).isEqualTo(expected[row * 85 + first + i]);
                    }
                }
                first += outputs;
            }
        }
    }

    /** Root of the mean square of the differences from {@code begin} on, over that of what is expected. */
    private static double error(float[] values, float[] expected, int begin) {
        double error = 0;
        double power = 0;
        for (int i = begin; i < values.length; i++) {
            error += Math.pow(values[i] - expected[i], 2);
            power += Math.pow(expected[i], 2);
        }
        return Math.sqrt(error / power);
    }

    private static PackedMatrix matrix(
            byte[] bytes,
            WeightFormat stored,
            WeightFormat held,
            int outputs,
            int columns,
            Kernels kernels,
            Arena arena) {
        return Packer.pack(
                TestMatrices.source(bytes, stored, columns), outputs, columns, stored, held, kernels.workers(), arena);
    }

    private static float[] run(
            Kernels kernels, PackedMatrix[] stack, MemorySegment in, int rows, int generated, Arena arena) {
        return run(kernels, stack, in, rows, generated, 85, arena);
    }

    private static float[] run(
            Kernels kernels,
            PackedMatrix[] stack,
            MemorySegment in,
            int rows,
            int generated,
            int outputs,
            Arena arena) {
        MemorySegment out = arena.allocate(4L * rows * outputs, 64);
        kernels.linear().multiply(stack, in, out, rows, generated, false);
        kernels.linear().multiply(stack, in, out, rows, generated, true);
        return out.toArray(ValueLayout.JAVA_FLOAT);
    }

    @Test
    void refusesWhatDoesNotFit() {
        try (Kernels kernels = Backends.create(KernelOptions.auto(1));
                Arena arena = Arena.ofShared()) {
            byte[] bytes = TestMatrices.randomStored(WeightFormat.Q8_0, 5, 64, new Random(1));
            PackedMatrix matrix = matrix(bytes, WeightFormat.Q8_0, WeightFormat.Q8_0, 5, 64, kernels, arena);
            MemorySegment in = arena.allocate(4 * 64);
            MemorySegment out = arena.allocate(4 * 5);
            PackedMatrix[] stack = {matrix};
            kernels.linear().multiply(stack, in, out, 1, 1, false);
            org.assertj.core.api.Assertions.assertThatThrownBy(
                            () -> kernels.linear().multiply(stack, in, out, 2, 1, false))
                    .hasMessageContaining("in has 256 bytes, needed are 512");
            PackedMatrix lying = new PackedMatrix(WeightFormat.Q8_0, 50, 64, matrix.data());
            org.assertj.core.api.Assertions.assertThatThrownBy(() ->
                            kernels.linear().multiply(new PackedMatrix[] {lying}, in, arena.allocate(200), 1, 1, false))
                    .hasMessageContaining("a matrix [50, 64] in Q8_0 has only");
        }
    }

    @Test
    void namesTheBackendsThatThereAre() {
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> BackendName.labelled("sse2"))
                .hasMessageContaining("\"sse2\" is not a backend")
                .hasMessageContaining("avx512-vnni");
    }
}
