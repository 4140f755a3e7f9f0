package dev.altiplano.tool.convert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.tensor.Tensor;
import dev.altiplano.engine.checkpoint.tensor.TensorType;
import dev.altiplano.engine.kernel.WeightFormat;
import dev.altiplano.engine.kernel.quant.BlockReader;
import dev.altiplano.engine.load.Checkpoints;
import dev.altiplano.tool.Commands;
import dev.altiplano.tool.TestModels;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantizeTest {

    private static final Path REFERENCE = Path.of("src/test/resources/reference");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "f32, F32, 0.001",
        "f16, F16, 0.001",
        "bf16, BF16, 0.005",
        "q8_0, Q8_0, 0.01",
        "q6_k, Q6_K, 0.03",
        "q5_k, Q5_K, 0.06",
        "q4_k, Q4_K, 0.11",
        "q4_0, Q4_0, 0.13"
    })
    void everyTypeIsWrittenAndNearWhatWasRead(String type, TensorType expected, double bound) throws Exception {
        Path random = random("f16");
        Path file = folder.resolve(type + ".gguf");
        assertThat(run("quantize", random.toString(), file.toString(), "--type", type, "--pure"))
                .isZero();
        assertThat(run("verify", file.toString())).isZero();
        try (Checkpoint before = Checkpoints.open(random);
                Checkpoint after = Checkpoints.open(file)) {
            assertThat(after.hyperparameters()).isEqualTo(before.hyperparameters());
            assertThat(after.tokenizer()).usingRecursiveComparison().isEqualTo(before.tokenizer());
            for (Tensor tensor : before.tensors()) {
                Tensor written = after.tensor(tensor.name());
                assertThat(written.type()).isEqualTo(tensor.rows() == 1 ? TensorType.F32 : expected);
                assertThat(relativeError(values(tensor), values(written)))
                        .as(tensor.name())
                        .isLessThanOrEqualTo(bound);
            }
        }
    }

    @Test
    void theTypesSpendBitsWhereTheyMatter() throws Exception {
        Path file = folder.resolve("q4_k.gguf");
        assertThat(run("quantize", random("bf16").toString(), file.toString(), "--type", "Q4_K"))
                .isZero();
        assertThat(out.toString())
                .contains("bits for each weight", "custom size", "21 tensors: 5 F32, ", " Q4_K, ", " Q6_K");
        try (Checkpoint checkpoint = Checkpoints.open(file)) {
            assertThat(checkpoint.tensor("output.weight").type()).isEqualTo(TensorType.Q6_K);
            assertThat(checkpoint.tensor("token_embd.weight").type()).isEqualTo(TensorType.Q4_K);
            assertThat(checkpoint.tensor("blk.1.attn_v.weight").type()).isEqualTo(TensorType.Q6_K);
            assertThat(checkpoint.tensor("blk.0.attn_v.weight").type()).isEqualTo(TensorType.Q4_K);
            assertThat(checkpoint.tensor("blk.1.ffn_up.weight").type()).isEqualTo(TensorType.Q4_K);
        }
    }

    @Test
    void rowsThatDoNotFitBecomeQ8() {
        Path file = folder.resolve("odd.gguf");
        assertThat(run("quantize", REFERENCE.resolve("base-mp4").toString(), file.toString(), "--type", "q4_k"))
                .isZero();
        assertThat(out.toString())
                .contains(
                        "16 tensors have rows that are not a whole number of quant blocks; they are Q8_0 instead",
                        "64 columns");
        try (Checkpoint checkpoint = Checkpoints.open(file)) {
            assertThat(checkpoint.tensor("blk.0.attn_q.weight").type()).isEqualTo(TensorType.Q8_0);
        }
        assertThat(run("verify", file.toString())).isZero();
    }

    @Test
    void whatHasTheTypeAlreadyIsCopied() {
        Path source = REFERENCE.resolve("gguf/kq-q4_k_m.gguf");
        Path file = folder.resolve("same.gguf");
        assertThat(run("quantize", source.toString(), file.toString(), "--type", "q4_k", "--pure"))
                .isZero();
        try (Checkpoint before = Checkpoints.open(source);
                Checkpoint after = Checkpoints.open(file)) {
            for (Tensor tensor : before.tensors()) {
                if (tensor.type() == TensorType.Q4_K) {
                    assertThat(bytes(after.tensor(tensor.name()))).isEqualTo(bytes(tensor));
                }
            }
        }
        assertThat(out.toString()).contains("rounded before");
    }

    @Test
    void theNumberOfThreadsChangesNothing() throws Exception {
        Path random = random("f16");
        Path one = folder.resolve("one.gguf");
        Path three = folder.resolve("three.gguf");
        run("quantize", random.toString(), one.toString(), "--type", "q5_k", "--threads", "1");
        run("quantize", random.toString(), three.toString(), "--type", "q5_k", "--threads", "3");
        assertThat(Files.mismatch(one, three)).isEqualTo(-1);
    }

    @Test
    void nothingIsReplacedUnasked() throws Exception {
        Path file = Files.writeString(folder.resolve("precious.gguf"), "precious");
        String source = REFERENCE.resolve("base-mp1").toString();
        assertThat(run("quantize", source, file.toString(), "--type", "f16")).isOne();
        assertThat(err.toString()).contains("--force");
        assertThat(file).hasContent("precious");
    }

    @ParameterizedTest
    @ValueSource(strings = {"quantize --type q8_0", "merge"})
    void whatIsReadIsNotReplaced(String command) throws Exception {
        Path copy = Files.copy(REFERENCE.resolve("gguf/base-f16.gguf"), folder.resolve("copy.gguf"));
        String[] line = (command + " --force " + copy + " " + folder.resolve("./copy.gguf")).split(" ");
        assertThat(run(line)).isOne();
        assertThat(err.toString()).contains("write to another file");
        assertThat(Files.mismatch(copy, REFERENCE.resolve("gguf/base-f16.gguf")))
                .isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "quantize",
                "quantize a",
                "quantize a b",
                "quantize a b --type",
                "quantize a b --type q2_k",
                "quantize a b --type q4_0 --threads 0",
                "quantize a b c --type q4_0"
            })
    void aWrongArgumentPrintsTheUsage(String line) {
        assertThat(run(line.split(" "))).isEqualTo(2);
        assertThat(err.toString()).contains("Usage: altiplano quantize");
    }

    /** A model of two layers whose rows are whole quant blocks of 256. */
    private Path random(String type) throws Exception {
        Path file = folder.resolve("random-" + type + ".gguf");
        TestModels.save(file, TensorTypes.type(type));
        return file;
    }

    private static double relativeError(float[] expected, float[] actual) {
        double error = 0;
        double squares = 0;
        for (int i = 0; i < expected.length; i++) {
            error += Math.pow(expected[i] - actual[i], 2);
            squares += Math.pow(expected[i], 2);
        }
        return Math.sqrt(error / squares);
    }

    private static float[] values(Tensor tensor) {
        byte[] bytes = bytes(tensor);
        float[] values = new float[tensor.rows() * tensor.columns()];
        BlockReader.dequantize(WeightFormat.valueOf(tensor.type().name()), bytes, 0, values, 0, values.length);
        return values;
    }

    private static byte[] bytes(Tensor tensor) {
        MemorySegment bytes = MemorySegment.ofArray(new byte[(int) tensor.byteSize()]);
        tensor.read(0, tensor.rows(), bytes, 0);
        return bytes.toArray(ValueLayout.JAVA_BYTE);
    }

    private int run(String... arguments) {
        return Commands.run(new PrintWriter(out), new PrintWriter(err), arguments);
    }
}
