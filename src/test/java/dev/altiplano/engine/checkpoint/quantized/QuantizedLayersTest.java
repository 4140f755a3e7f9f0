package dev.altiplano.engine.checkpoint.quantized;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.tensor.TensorType;
import dev.altiplano.engine.kernel.WeightFormat;
import dev.altiplano.engine.kernel.quant.BlockReader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Layers packed bit by bit, as the formats' definitions say, come back as scale · (code − zero). */
final class QuantizedLayersTest {

    private static final Path FILE = Path.of("model.safetensors");
    private static final int ROWS = 64;
    private static final int COLUMNS = 96;

    private final Random random = new Random(7);
    private final Map<String, RawTensor> raw = new LinkedHashMap<>();

    record Gptq(int bits, int groupSize, boolean symmetric, boolean ordered, int zeroOffset) {}

    static Stream<Gptq> variants() {
        List<Gptq> variants = new ArrayList<>();
        for (int bits : new int[] {2, 3, 4, 8}) {
            for (int groupSize : new int[] {-1, 16, 32, 48}) {
                for (boolean symmetric : new boolean[] {true, false}) {
                    variants.add(new Gptq(bits, groupSize, symmetric, false, 1));
                    variants.add(new Gptq(bits, groupSize, symmetric, true, 0));
                }
            }
        }
        return variants.stream();
    }

    @ParameterizedTest
    @MethodSource("variants")
    void readsGptq(Gptq variant) {
        int size = variant.groupSize < 0 ? COLUMNS : variant.groupSize;
        int groups = Math.ceilDiv(COLUMNS, size);
        int[] groupOf = new int[COLUMNS];
        for (int i = 0; i < COLUMNS; i++) {
            groupOf[i] = variant.ordered && groups > 1 ? random.nextInt(groups) : i / size;
        }
        int max = (1 << variant.bits) - 1;
        int[][] codes = draw(ROWS, COLUMNS, max);
        int[][] zeros = draw(groups, ROWS, max);
        if (variant.symmetric) {
            for (int[] row : zeros) {
                Arrays.fill(row, (max + 1) / 2);
            }
        }
        float[][] scales = scales(groups, ROWS);
        put("a.qweight", "I32", packColumns(codes, variant.bits), COLUMNS * variant.bits / 32L, ROWS);
        int[][] stored = new int[groups][ROWS];
        for (int g = 0; g < groups; g++) {
            for (int r = 0; r < ROWS; r++) {
                stored[g][r] = zeros[g][r] - variant.zeroOffset & max;
            }
        }
        put("a.qzeros", "I32", packRows(stored, variant.bits), groups, ROWS * variant.bits / 32L);
        put("a.scales", "F16", halves(scales), groups, ROWS);
        if (variant.ordered) {
            put("a.g_idx", "I32", ints(groupOf), COLUMNS);
        }
        float[][] values = values(new Quantization.Gptq(variant.bits, variant.groupSize, variant.zeroOffset), "a");
        for (int r = 0; r < ROWS; r++) {
            for (int c = 0; c < COLUMNS; c++) {
                int g = groupOf[c];
                assertThat(values[r][c]).isEqualTo(scales[g][r] * (codes[r][c] - zeros[g][r]));
            }
        }
    }

    @Test
    void symmetricCodesOfFourBitsStayFourBits() {
        readsGptq(new Gptq(4, 32, true, false, 1));
        assertThat(type(new Quantization.Gptq(4, 32, 1))).isEqualTo(TensorType.Q4_0);
    }

    @Test
    void codesWithZerosOfTheirOwnAreHeldInEightBits() {
        readsGptq(new Gptq(4, 32, false, false, 1));
        assertThat(type(new Quantization.Gptq(4, 32, 1))).isEqualTo(TensorType.Q8_0);
    }

    @Test
    void readsPackedIntegers() {
        int[][] codes = draw(ROWS, COLUMNS, 15);
        int[][] zeros = draw(3, ROWS, 15);
        float[][] scales = scales(ROWS, 3);
        put("a.weight_packed", "I32", packRows(codes, 4), ROWS, COLUMNS / 8);
        put("a.weight_scale", "F16", halves(scales), ROWS, 3);
        put("a.weight_zero_point", "I32", packColumns(zeros, 4), ROWS / 8, 3);
        put("a.weight_shape", "I64", longs(ROWS, COLUMNS), 2);
        float[][] values = values(new Quantization.Scaled(8), "a");
        for (int r = 0; r < ROWS; r++) {
            for (int c = 0; c < COLUMNS; c++) {
                assertThat(values[r][c]).isEqualTo(scales[r][c / 32] * (codes[r][c] - zeros[c / 32][r]));
            }
        }
    }

    @Test
    void readsIntegersOfEightBits() {
        ByteBuffer bytes = ByteBuffer.allocate(ROWS * COLUMNS);
        random.nextBytes(bytes.array());
        float[][] scales = scales(ROWS, 1);
        put("a.weight", "I8", bytes, ROWS, COLUMNS);
        put("a.weight_scale", "F16", halves(scales), ROWS, 1);
        float[][] values = values(new Quantization.Scaled(8), "a");
        for (int r = 0; r < ROWS; r++) {
            for (int c = 0; c < COLUMNS; c++) {
                assertThat(values[r][c]).isEqualTo(scales[r][0] * bytes.get(r * COLUMNS + c));
            }
        }
        assertThat(type(new Quantization.Scaled(8))).isEqualTo(TensorType.Q8_0);
    }

    @Test
    void readsFloatsOfEightBitsWithScalesOfBlocks() {
        ByteBuffer bytes = ByteBuffer.allocate(ROWS * COLUMNS);
        for (int i = 0; i < bytes.capacity(); i++) {
            bytes.put(i, (byte) (random.nextInt(127) | random.nextInt(2) << 7));
        }
        float[][] scales = scales(2, 3);
        put("a.weight", "F8_E4M3", bytes, ROWS, COLUMNS);
        put("a.weight_scale_inv", "F16", halves(scales), 2, 3);
        float[][] values = values(new Quantization.Scaled(8), "a");
        for (int r = 0; r < ROWS; r++) {
            for (int c = 0; c < COLUMNS; c++) {
                float value = Float8Tensor.e4m3(bytes.get(r * COLUMNS + c) & 0xFF);
                assertThat(values[r][c]).isEqualTo(scales[r / 32][c / 32] * value);
            }
        }
    }

    /** The values that the OCP's definition of the format lists. */
    @Test
    void knowsTheEdgesOfE4m3() {
        assertThat(Float8Tensor.e4m3(0x7e)).isEqualTo(448);
        assertThat(Float8Tensor.e4m3(0xfe)).isEqualTo(-448);
        assertThat(Float8Tensor.e4m3(0x08)).isEqualTo(0x1p-6f);
        assertThat(Float8Tensor.e4m3(0x01)).isEqualTo(0x1p-9f);
        assertThat(Float8Tensor.e4m3(0x7f)).isNaN();
    }

    @Test
    void namesWhatDoesNotFit() {
        put("a.qweight", "I32", ints(new int[12 * 64]), 12, 64);
        put("a.scales", "F16", halves(scales(3, 64)), 3, 64);
        assertRefused(new Quantization.Gptq(4, 32, 1), "lacks the tensor a.qzeros");
        put("a.qzeros", "I32", ints(new int[3 * 4]), 3, 4);
        assertRefused(new Quantization.Gptq(4, 32, 1), "a.qzeros is I32 [3, 4], expected I32 [3, 8]");
        put("a.qzeros", "I32", ints(new int[3 * 8]), 3, 8);
        assertRefused(new Quantization.Gptq(4, 64, 1), "a.scales has 3 groups, but 96 inputs in groups of 64 have 2");
        put("a.g_idx", "I32", ints(new int[96], 5, 3), 96);
        assertRefused(new Quantization.Gptq(4, 32, 1), "a.g_idx names group 3 of 3");
    }

    @Test
    void namesAWeightThatTheMethodDoesNotExplain() {
        put("model.layers.0.self_attn.q_proj.weight", "I8", ByteBuffer.allocate(64), 8, 8);
        assertRefused(new Quantization.Awq(32), "which the stated quantization does not explain");
    }

    private void assertRefused(Quantization method, String message) {
        assertThatThrownBy(() -> QuantizedLayers.decode(method, raw, new ArrayList<>()))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(message);
    }

    private TensorType type(Quantization method) {
        return QuantizedLayers.decode(method, raw, new ArrayList<>())
                .get("a.weight")
                .matrix("a.weight")
                .type();
    }

    private float[][] values(Quantization method, String layer) {
        var tensor = QuantizedLayers.decode(method, raw, new ArrayList<>())
                .get(layer + ".weight")
                .matrix("a.weight");
        float[][] values = new float[ROWS][COLUMNS];
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(tensor.byteSize());
            tensor.read(0, ROWS, bytes, 0);
            for (int r = 0; r < ROWS; r++) {
                byte[] row =
                        bytes.asSlice(r * tensor.rowBytes(), tensor.rowBytes()).toArray(ValueLayout.JAVA_BYTE);
                BlockReader.dequantize(WeightFormat.valueOf(tensor.type().name()), row, 0, values[r], 0, COLUMNS);
            }
        }
        return values;
    }

    private int[][] draw(int rows, int columns, int max) {
        int[][] numbers = new int[rows][columns];
        for (int[] row : numbers) {
            for (int i = 0; i < columns; i++) {
                row[i] = random.nextInt(max + 1);
            }
        }
        return numbers;
    }

    private float[][] scales(int rows, int columns) {
        float[][] numbers = new float[rows][columns];
        for (float[] row : numbers) {
            for (int i = 0; i < columns; i++) {
                row[i] = Float.float16ToFloat(Float.floatToFloat16(0.001f + random.nextFloat() / 50));
            }
        }
        return numbers;
    }

    /** Streams of codes along each row. */
    private static ByteBuffer packRows(int[][] codes, int bits) {
        int words = codes[0].length * bits / 32;
        int[] packed = new int[codes.length * words];
        for (int r = 0; r < codes.length; r++) {
            for (int bit = 0; bit < words * 32; bit++) {
                packed[r * words + bit / 32] |= (codes[r][bit / bits] >> (bit % bits) & 1) << (bit % 32);
            }
        }
        return ints(packed);
    }

    /** Streams of codes down each column of the transposed matrix. */
    private static ByteBuffer packColumns(int[][] codes, int bits) {
        int words = codes[0].length * bits / 32;
        int[] packed = new int[codes.length * words];
        for (int r = 0; r < codes.length; r++) {
            for (int bit = 0; bit < words * 32; bit++) {
                packed[bit / 32 * codes.length + r] |= (codes[r][bit / bits] >> (bit % bits) & 1) << (bit % 32);
            }
        }
        return ints(packed);
    }

    private static ByteBuffer ints(int[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(values);
        return bytes;
    }

    private static ByteBuffer ints(int[] values, int at, int value) {
        values[at] = value;
        return ints(values);
    }

    private static ByteBuffer longs(long... values) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        return bytes;
    }

    private static ByteBuffer halves(float[][] values) {
        ByteBuffer bytes =
                ByteBuffer.allocate(2 * values.length * values[0].length).order(ByteOrder.LITTLE_ENDIAN);
        for (float[] row : values) {
            for (float value : row) {
                bytes.putShort(Float.floatToFloat16(value));
            }
        }
        return bytes;
    }

    private void put(String name, String dtype, ByteBuffer bytes, long... shape) {
        raw.put(name, new RawTensor(FILE, name, dtype, shape, MemorySegment.ofArray(bytes.array())));
    }
}
