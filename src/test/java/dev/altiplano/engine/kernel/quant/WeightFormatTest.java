package dev.altiplano.engine.kernel.quant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.kernel.WeightFormat;
import java.io.InputStream;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class WeightFormatTest {

    private static JsonNode reference() throws Exception {
        try (InputStream in = WeightFormatTest.class.getResourceAsStream("/reference/quant_blocks.json")) {
            return JsonMapper.shared().readTree(in);
        }
    }

    private static float[] floats(JsonNode array) {
        float[] values = new float[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) array.get(i).asDouble();
        }
        return values;
    }

    @TestFactory
    java.util.List<DynamicTest> readsBlocksAsTheReferenceDoes() throws Exception {
        java.util.List<DynamicTest> tests = new java.util.ArrayList<>();
        for (JsonNode block : reference().get("dequantize")) {
            WeightFormat format = WeightFormat.valueOf(block.get("type").asString());
            tests.add(DynamicTest.dynamicTest(format + " " + tests.size(), () -> {
                float[] expected = floats(block.get("values"));
                float[] values = new float[expected.length];
                byte[] bytes = HexFormat.of().parseHex(block.get("hex").asString());
                assertThat(bytes.length).isEqualTo(format.blockBytes());
                assertThat(expected.length).isEqualTo(format.blockElements());
                BlockReader.dequantize(format, bytes, 0, values, 0, values.length);
                float largest = 0;
                for (float value : expected) {
                    largest = Math.max(largest, Math.abs(value));
                }
                for (int i = 0; i < values.length; i++) {
                    assertThat(values[i]).as("weight %d", i).isCloseTo(expected[i], within(1e-6f * largest));
                }
            }));
        }
        assertThat(tests).hasSizeGreaterThan(15);
        return tests;
    }

    @TestFactory
    java.util.List<DynamicTest> writesBlocksAsTheReferenceDoes() throws Exception {
        java.util.List<DynamicTest> tests = new java.util.ArrayList<>();
        for (JsonNode entry : reference().get("quantize")) {
            WeightFormat format = WeightFormat.valueOf(entry.get("type").asString());
            tests.add(DynamicTest.dynamicTest(format + " " + entry.get("case").asString(), () -> {
                float[] values = floats(entry.get("values"));
                byte[] bytes = new byte[(int) format.rowBytes(values.length)];
                BlockQuantizer.quantize(format, values, 0, values.length, bytes, 0);
                assertThat(HexFormat.of().formatHex(bytes))
                        .isEqualTo(entry.get("hex").asString());
            }));
        }
        assertThat(tests).hasSizeGreaterThan(20);
        return tests;
    }

    @ParameterizedTest
    @EnumSource(names = {"Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q4_K", "Q5_K", "Q6_K"})
    void roundsNormalWeightsWithTheErrorOfItsBits(WeightFormat format) {
        Random random = new Random(7);
        float[] values = new float[256 * 64];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian() * 0.02f;
        }
        byte[] bytes = new byte[(int) format.rowBytes(values.length)];
        float[] back = new float[values.length];
        BlockQuantizer.quantize(format, values, 0, values.length, bytes, 0);
        BlockReader.dequantize(format, bytes, 0, back, 0, back.length);
        double error = 0;
        double power = 0;
        for (int i = 0; i < values.length; i++) {
            error += Math.pow(back[i] - values[i], 2);
            power += Math.pow(values[i], 2);
        }
        double bound = switch (format) {
            case Q8_0 -> 0.006;
            case Q6_K -> 0.022;
            case Q5_K -> 0.037;
            case Q5_0, Q5_1 -> 0.047;
            case Q4_K -> 0.075;
            default -> 0.095;
        };
        assertThat(Math.sqrt(error / power)).isLessThan(bound).isGreaterThan(bound / 3);
    }

    @ParameterizedTest
    @EnumSource(names = {"Q8_0", "Q4_0", "Q4_K", "Q5_K", "Q6_K"})
    void keepsZerosAndConstants(WeightFormat format) {
        for (float constant : new float[] {0, 1, -2.5f, 1e-30f, -1e-30f}) {
            float[] values = new float[256];
            java.util.Arrays.fill(values, constant);
            byte[] bytes = new byte[(int) format.rowBytes(256)];
            float[] back = new float[256];
            BlockQuantizer.quantize(format, values, 0, 256, bytes, 0);
            BlockReader.dequantize(format, bytes, 0, back, 0, 256);
            for (float value : back) {
                assertThat(value).isCloseTo(constant, within(Math.abs(constant) * 0.02f + 1e-7f));
            }
        }
    }

    @Test
    void namesTheFormatThatTakesTheColumns() {
        assertThat(WeightFormat.Q4_K.fitting(512)).isEqualTo(WeightFormat.Q4_K);
        assertThat(WeightFormat.Q4_K.fitting(192)).isEqualTo(WeightFormat.Q8_0);
        assertThat(WeightFormat.Q4_K.fitting(100)).isEqualTo(WeightFormat.F16);
        assertThat(WeightFormat.BF16.fitting(7)).isEqualTo(WeightFormat.BF16);
    }

    private static org.assertj.core.data.Offset<Float> within(float value) {
        return org.assertj.core.data.Offset.offset(value);
    }
}
