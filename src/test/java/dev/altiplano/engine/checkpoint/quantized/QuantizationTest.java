package dev.altiplano.engine.checkpoint.quantized;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.content.JsonReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Spellings of quantization methods: those that are read, and those that are refused by name. */
final class QuantizationTest {

    @TempDir
    private Path folder;

    @Test
    void readsGptqInBothVersions() throws IOException {
        assertThat(read("{'quant_method': 'gptq', 'bits': 3, 'group_size': -1}"))
                .isEqualTo(new Quantization.Gptq(3, -1, 1));
        assertThat(read("{'quant_method': 'gptq', 'bits': 4, 'group_size': 64, 'checkpoint_format': 'gptq_v2'}"))
                .isEqualTo(new Quantization.Gptq(4, 64, 0));
        assertThat(read("{'quant_method': 'auto-round', 'bits': 4, 'group_size': 64, 'packing_format':"
                        + " 'auto_round:auto_gptq'}"))
                .isEqualTo(new Quantization.Gptq(4, 64, 1));
    }

    @Test
    void readsAwqAndScaledWeights() throws IOException {
        assertThat(read("{'quant_method': 'awq', 'bits': 4, 'group_size': 64, 'version': 'GEMM'}"))
                .isEqualTo(new Quantization.Awq(64));
        assertThat(read("{'quant_method': 'fbgemm_fp8'}")).isEqualTo(new Quantization.Scaled(8));
        assertThat(read(
                        "{'quant_method': 'compressed-tensors', 'format': 'pack-quantized', 'config_groups': {'group_0':"
                                + " {'weights': {'num_bits': 4}}}}"))
                .isEqualTo(new Quantization.Scaled(4));
    }

    @Test
    void readsTheFilesThatOlderToolsWroteBesideTheConfiguration() throws IOException {
        Path config = Files.writeString(folder.resolve("config.json"), "{}");
        assertThat(Quantization.of(JsonReader.readFile(config, 1 << 20))).isNull();
        Files.writeString(
                folder.resolve("quantize_config.json"), "{\"bits\": 4, \"group_size\": 128, \"desc_act\": true}");
        assertThat(Quantization.of(JsonReader.readFile(config, 1 << 20))).isEqualTo(new Quantization.Gptq(4, 128, 1));
        Files.delete(folder.resolve("quantize_config.json"));
        Files.writeString(folder.resolve("hf_quant_config.json"), "{\"quantization\": {\"quant_algo\": \"FP8\"}}");
        assertThat(Quantization.of(JsonReader.readFile(config, 1 << 20))).isEqualTo(new Quantization.Scaled(8));
        Files.delete(folder.resolve("hf_quant_config.json"));
        Files.writeString(folder.resolve("quant_config.json"), "{\"w_bit\": 4, \"q_group_size\": 64}");
        assertThat(Quantization.of(JsonReader.readFile(config, 1 << 20))).isEqualTo(new Quantization.Awq(64));
    }

    /** Its older versions wrote this key alone. */
    @Test
    void refusesMlxUnderItsOwnKey() throws IOException {
        Path config = Files.writeString(
                folder.resolve("config.json"), "{\"quantization\": {\"group_size\": 64, \"bits\": 4}}");
        assertThatThrownBy(() -> Quantization.of(JsonReader.readFile(config, 1 << 20)))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("quantization.MLX's form is not read");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "{'quant_method': 'bitsandbytes'} | quant_method \"bitsandbytes\" is not read",
                "{'load_in_8bit': true} | quant_method \"bitsandbytes\" is not read",
                "{'quant_method': 'modelopt', 'quant_algo': 'NVFP4'} | ModelOpt's quant_algo \"NVFP4\" is not read",
                "{'quant_method': 'eetq'} | quant_method \"eetq\" is not read",
                "{'quant_method': 'hqq'} | quant_method \"hqq\" is not read",
                "{'quant_method': 'gptq', 'bits': 5} | GPTQ of 5 bits is not read",
                "{'quant_method': 'gptq', 'bits': 4, 'checkpoint_format': 'marlin'} | checkpoint_format \"marlin\"",
                "{'quant_method': 'awq', 'bits': 4, 'version': 'gemv'} | AWQ in the layout \"gemv\"",
                "{'quant_method': 'compressed-tensors', 'format': 'nvfp4-pack-quantized'} | nvfp4-pack-quantized",
                "{'group_size': 64, 'bits': 4, 'mode': 'affine'} | MLX's form is not read. What is: gptq",
                "{'bits': 4} | quant_method is missing"
            })
    void refusesByName(String config, String message) {
        assertThatThrownBy(() -> read(config))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("config.json")
                .hasMessageContaining(message);
    }

    private Quantization read(String quantization) throws IOException {
        Path config = Files.writeString(
                folder.resolve("config.json"), "{\"quantization_config\": " + quantization.replace('\'', '"') + "}");
        return Quantization.of(JsonReader.readFile(config, 1 << 20));
    }
}
