package dev.altiplano.engine.kernel.quant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.kernel.Codebook;
import dev.altiplano.engine.kernel.PackedMatrix;
import dev.altiplano.engine.kernel.WeightFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CodedFormatTest {

    private static final int ROWS = 19;

    static Stream<WeightFormat> coded() {
        return Stream.of(WeightFormat.values())
                .filter(format -> format.packing().coded());
    }

    /** Packed, each weight is exactly what it is in the file. */
    @ParameterizedTest
    @MethodSource("coded")
    void losesNothingWhenPacked(WeightFormat format) {
        int columns = format.blockElements() == 256 ? 768 : 352;
        int rowBytes = (int) format.rowBytes(columns);
        byte[] stored = new byte[ROWS * rowBytes];
        RandomBlocks.fill(format, 0.02f, stored, new Random(11));
        float[] expected = new float[ROWS * columns];
        BlockReader.dequantize(format, stored, 0, expected, 0, expected.length);
        try (Arena arena = Arena.ofConfined()) {
            RowSource source = (first, rows, target) ->
                    MemorySegment.copy(stored, first * rowBytes, target, ValueLayout.JAVA_BYTE, 0, rows * rowBytes);
            PackedMatrix packed = Packer.packAlone(source, ROWS, columns, format, arena);
            StripReader reader = new StripReader();
            for (int row = 0; row < ROWS; row++) {
                reader.read(packed, row / 16);
                for (int column = 0; column < columns; column++) {
                    float scale = reader.scales[column / 16 * 16 + row % 16];
                    assertThat(scale * reader.levels[16 * column + row % 16])
                            .as("row %d column %d", row, column)
                            .isEqualTo(expected[row * columns + column]);
                }
            }
        }
    }

    /** Kernels add 128 to levels and multiply two at once in 16 bits. */
    @ParameterizedTest
    @MethodSource("coded")
    void hasLevelsOfEightBitsAndAUnitThatIsAPowerOfTwo(WeightFormat format) {
        Codebook codebook = format.codebook();
        for (int code = 0; code < 16; code++) {
            assertThat(codebook.level(code)).isBetween(-127, 127);
        }
        assertThat(codebook.unit()).isEqualTo(Math.scalb(1f, Math.getExponent(codebook.unit())));
    }

    /** The largest and smallest exponents of MXFP4: what is below 2^-125 is held as 0. */
    @Test
    void takesExponentsOfAnySize() {
        byte[] block = new byte[17];
        float[] values = new float[32];
        block[1] = 0x21;
        for (int exponent : new int[] {0, 1, 4, 5, 127, 128, 254, 255}) {
            block[0] = (byte) exponent;
            BlockReader.dequantize(WeightFormat.MXFP4, block, 0, values, 0, 32);
            assertThat(values[0]).isEqualTo(Math.scalb(0.5f, exponent - 127));
            assertThat(values[16]).isEqualTo(Math.scalb(1f, exponent - 127));
            int held = FourBitFormats.MXFP4.d(block, 0);
            assertThat(held).isEqualTo(Math.max(0, exponent - 1));
        }
    }
}
