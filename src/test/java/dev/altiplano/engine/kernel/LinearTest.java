package dev.altiplano.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.kernel.backend.Backends;
import dev.altiplano.engine.kernel.backend.KernelOptions;
import dev.altiplano.engine.kernel.quant.BlockReader;
import dev.altiplano.engine.kernel.quant.Packer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The scalar backend against plain sums over the dequantized weights. */
class LinearTest {

    @ParameterizedTest
    @EnumSource
    void multipliesEveryStoredFormat(WeightFormat stored) {
        Random random = new Random(stored.ordinal());
        int outputs = 37;
        int columns = stored.blockElements() == 256 ? 768 : stored.quantized() ? 352 : 77;
        int rows = 3;
        byte[] bytes = TestMatrices.randomStored(stored, outputs, columns, random);
        float[] weights = new float[outputs * columns];
        BlockReader.dequantize(stored, bytes, 0, weights, 0, weights.length);
        try (Kernels kernels = Backends.create(KernelOptions.of(BackendName.SCALAR, 2));
                Arena arena = Arena.ofShared()) {
            WeightFormat held = stored.nativeFormat();
            PackedMatrix packed = Packer.pack(
                    TestMatrices.source(bytes, stored, columns),
                    outputs,
                    columns,
                    stored,
                    held,
                    kernels.workers(),
                    arena);
            assertThat(packed.format()).isEqualTo(held);
            assertThat(packed.data().byteSize()).isEqualTo(PackedLayout.bytes(held, outputs, columns));
            MemorySegment in = TestMatrices.randomActivations(rows, columns, random, arena);
            MemorySegment out = arena.allocate(4L * rows * outputs * 2, 64);
            kernels.linear().multiply(new PackedMatrix[] {packed, packed}, in, out, rows, rows, false);
            kernels.linear().multiply(new PackedMatrix[] {packed, packed}, in, out, rows, rows, true);
            for (int row = 0; row < rows; row++) {
                for (int output = 0; output < outputs; output++) {
                    double sum = 0;
                    double magnitude = 0;
                    for (int k = 0; k < columns; k++) {
                        double term = (double) weights[output * columns + k]
                                * in.getAtIndex(ValueLayout.JAVA_FLOAT, (long) row * columns + k);
                        sum += term;
                        magnitude += Math.abs(term);
                    }
                    double bound = magnitude * (stored.quantized() ? 0.01 : 1e-6);
                    for (int copy = 0; copy < 2; copy++) {
                        float value = out.getAtIndex(
                                ValueLayout.JAVA_FLOAT, (long) row * 2 * outputs + copy * outputs + output);
                        assertThat((double) value)
                                .isCloseTo(2 * sum, org.assertj.core.data.Offset.offset(2 * bound + 1e-9));
                    }
                }
            }
        }
    }
}
