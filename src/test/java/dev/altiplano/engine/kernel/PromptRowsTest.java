package dev.altiplano.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.kernel.backend.Backends;
import dev.altiplano.engine.kernel.backend.KernelOptions;
import dev.altiplano.engine.kernel.quant.BlockQuantizer;
import dev.altiplano.engine.kernel.quant.Bytes;
import dev.altiplano.engine.kernel.quant.Packer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Products with quantized weights beside sums over the dequantized weights. */
class PromptRowsTest {

    private static final int OUTPUTS = 37;
    private static final int ROWS = 11;

    private static final double BOUND = 0.012;

    /** Normal weights and activations, as a model has them in most places, in each stored format and each way of holding it. */
    @TestFactory
    List<DynamicTest> areNearTheDequantizedWeights() {
        List<WeightFormat> formats = new ArrayList<>(List.of(WeightFormat.values()));
        // Nothing is rounded to Q2_K and Q3_K; Q4_1 and Q5_1 are rounded to Q8_0 before.
        formats.removeIf(f -> !f.quantized() || f == WeightFormat.Q2_K || f == WeightFormat.Q3_K);
        return onEveryBackend(formats, (backend, format) -> {
            // Less than a panel, one and a bit, and what a model has.
            for (int columns : format.blockElements() == 256 ? new int[] {768} : new int[] {192, 288, 1056}) {
                assertThat(error(backend, normal(format, columns), format, columns))
                        .as("%d columns", columns)
                        .isLessThan(BOUND);
            }
        });
    }

    /** Random integers of three bits in a format of six: what is held in a wider format loses no more than others. */
    @TestFactory
    List<DynamicTest> keepWhatAWiderFormatHolds() {
        return onEveryBackend(List.of(WeightFormat.Q3_K, WeightFormat.Q5_0), (backend, format) -> {
            byte[] weights = TestMatrices.randomStored(format, OUTPUTS, 768, new Random(3));
            assertThat(error(backend, weights, format, 768)).isLessThan(BOUND);
        });
    }

    /** Scales of both signs, zero and far apart beside each other, and the lowest integers. */
    @TestFactory
    List<DynamicTest> takeScalesOfAnySizeAndSign() {
        float[] scales = {0.01f, -0.01f, 0, 1e-7f, -0.02f, 0.02f, 0, 0, 0.0199f, -0.02f, 3e-5f, 0.02f, 0, 0, 0, 0};
        return onEveryBackend(List.of(WeightFormat.Q8_0, WeightFormat.Q4_0, WeightFormat.Q5_0), (backend, format) -> {
            byte[] weights = TestMatrices.randomStored(format, OUTPUTS, 32 * scales.length, new Random(5));
            for (int block = 0; block < OUTPUTS * scales.length; block++) {
                int at = block * format.blockBytes();
                Bytes.putHalf(weights, at, scales[(block + block / scales.length) % scales.length]);
                if (block % 3 == 0) {
                    weights[at + format.blockBytes() - 1] = (byte) (format == WeightFormat.Q8_0 ? 0x80 : 0);
                }
            }
            assertThat(error(backend, weights, format, 32 * scales.length)).isLessThan(BOUND);
        });
    }

    /** A weight that is not a number makes its output none, and only that. */
    @TestFactory
    List<DynamicTest> showWhatIsNotANumber() {
        return onEveryBackend(List.of(WeightFormat.Q8_0, WeightFormat.Q4_0), (backend, format) -> {
            byte[] weights = normal(format, 256);
            Bytes.putHalf(weights, 5 * 8 * format.blockBytes() + 3 * format.blockBytes(), Float.NaN);
            float[] outputs = outputs(backend, weights, format, format.nativeFormat(), 256);
            for (int i = 0; i < outputs.length; i++) {
                assertThat(Float.isNaN(outputs[i])).as("output %d", i).isEqualTo(i % OUTPUTS == 5);
            }
        });
    }

    private static List<DynamicTest> onEveryBackend(
            List<WeightFormat> formats, BiConsumer<KernelOptions, WeightFormat> check) {
        List<DynamicTest> tests = new ArrayList<>();
        for (KernelOptions backend : LinearParityTest.backends()) {
            for (WeightFormat format : formats) {
                tests.add(
                        DynamicTest.dynamicTest(backend.backend() + " " + format, () -> check.accept(backend, format)));
            }
        }
        return tests;
    }

    private static byte[] normal(WeightFormat format, int columns) {
        Random random = new Random(format.ordinal());
        if (!BlockQuantizer.quantizes(format)) {
            return TestMatrices.randomStored(format, OUTPUTS, columns, random);
        }
        float[] weights = new float[OUTPUTS * columns];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) random.nextGaussian() * 0.02f;
        }
        byte[] bytes = new byte[Math.toIntExact(OUTPUTS * format.rowBytes(columns))];
        BlockQuantizer.quantize(format, weights, 0, weights.length, bytes, 0);
        return bytes;
    }

    /** Root of the mean square of the differences over that of what is expected. */
    private static double error(KernelOptions backend, byte[] weights, WeightFormat format, int columns) {
        float[] outputs = outputs(backend, weights, format, format.nativeFormat(), columns);
        float[] expected = outputs(KernelOptions.of(BackendName.SCALAR, 1), weights, format, WeightFormat.F32, columns);
        double error = 0;
        double power = 0;
        for (int i = 0; i < expected.length; i++) {
            error += Math.pow(outputs[i] - expected[i], 2);
            power += Math.pow(expected[i], 2);
        }
        return Math.sqrt(error / power);
    }

    /** All rows as prompt rows. */
    private static float[] outputs(
            KernelOptions backend, byte[] weights, WeightFormat format, WeightFormat held, int columns) {
        Random random = new Random(columns);
        try (Kernels kernels = Backends.create(backend);
                Arena arena = Arena.ofShared()) {
            PackedMatrix matrix = Packer.pack(
                    TestMatrices.source(weights, format, columns),
                    OUTPUTS,
                    columns,
                    format,
                    held,
                    kernels.workers(),
                    arena);
            MemorySegment in = arena.allocate(4L * ROWS * columns, 64);
            for (int i = 0; i < ROWS * columns; i++) {
                in.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextGaussian());
            }
            MemorySegment out = arena.allocate(4L * ROWS * OUTPUTS, 64);
            kernels.linear().multiply(new PackedMatrix[] {matrix}, in, out, ROWS, 0, false);
            return out.toArray(ValueLayout.JAVA_FLOAT);
        }
    }
}
