package dev.altiplano.tool.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.tensor.Tensor;
import dev.altiplano.engine.checkpoint.tensor.TensorType;
import dev.altiplano.engine.kernel.WeightFormat;
import dev.altiplano.engine.kernel.quant.BlockReader;
import dev.altiplano.engine.load.CheckpointTokenizer;
import dev.altiplano.engine.load.Checkpoints;
import dev.altiplano.engine.tokenizer.Tokenizer;
import dev.altiplano.tool.Commands;
import dev.altiplano.tool.convert.TensorTypes;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BenchTest {

    private static final String MODEL = "src/test/resources/reference/gguf/base-f16.gguf";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder;

    @Test
    void jsonIsOneObjectAndNothingElse() {
        assertThat(run("bench --json --repetitions 3 --pp 48,7 --tg 5 --batch 1,3 --model " + MODEL))
                .isZero();
        assertThat(out.toString()).hasLineCount(1);
        JsonNode root = JsonMapper.shared().readTree(out.toString());
        assertThat(root.propertyNames()).containsExactly("machine", "model", "joules", "results");
        assertThat(root.at("/machine/read_bytes_per_second").asLong()).isPositive();
        assertThat(root.at("/machine/operations_per_second/f32").asLong()).isPositive();
        assertThat(root.at("/machine/threads").asInt())
                .isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(root.at("/model/name").asString()).isEqualTo("base-f16.gguf");
        assertThat(root.at("/model/parameters").asLong()).isEqualTo(172_352);
        assertThat(root.at("/model/weight_bytes_by_format/F16").asLong()).isPositive();
        // A model this small may be loaded in less than the last digit shows.
        assertThat(root.at("/model/load_seconds").isNumber()).isTrue();
        assertThat(root.at("/results").size()).isEqualTo(5);
        for (JsonNode result : root.at("/results")) {
            assertThat(result.propertyNames()).containsExactly("test", "tokens_per_second", "min", "max", "of_limit");
            double median = result.get("tokens_per_second").asDouble();
            assertThat(median).isPositive();
            assertThat(result.get("min").asDouble()).isLessThanOrEqualTo(median);
            assertThat(result.get("max").asDouble()).isGreaterThanOrEqualTo(median);
            assertThat(result.get("of_limit").asDouble()).isBetween(0.0, 1.5);
        }
        assertThat(root.at("/results").valueStream().map(r -> r.get("test").asString()))
                .containsExactly("pp48", "pp7", "tg5", "bd1", "bd3");
    }

    @Test
    void theTableSaysWhatWasMeasured() {
        assertThat(run(
                        "bench --repetitions 2 --pp 16 --batch 2 --threads 1 --backend scalar --weights q8_0 --kv-format q8_0 --model "
                                + MODEL))
                .isZero();
        assertThat(out.toString())
                .contains("scalar java, 1 threads", "reads ", "172,352 parameters", "Q8_0 ", "resident", "load time")
                .contains("| base-f16.gguf", "pp16 |", "bd2 |", "%");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bench",
                "bench --model x --random 7B",
                "bench --random 8B",
                "bench --random 110M --weights q9_k",
                "bench --random 110M --pp many",
                "bench --random 110M --pp -1",
                "bench --random 110M --pp 0",
                "bench --random 110M --threads 0",
                "bench --random 110M --repetitions 0",
                "bench --random 110M --kv-format q4_0",
                "bench --random 110M --backend nonsense --pp 1",
                "bench --model x --save y.gguf",
                "bench --model x --pure",
                "bench --nonsense"
            })
    void aWrongArgumentPrintsTheUsage(String line) {
        assertThat(run(line)).isEqualTo(2);
        assertThat(err.toString()).contains("Usage: altiplano bench");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void whatDoesNotFitIsRefusedWithTheNumbers() {
        assertThat(run("bench --random 65B --weights f32 --tg 1 --threads 1")).isOne();
        assertThat(err.toString())
                .contains("needs 26", "weights", "KV cache", "--weights")
                .hasLineCount(1);
    }

    @Test
    void aRandomModelIsKeptAsAFileThatLoads() {
        Path file = folder.resolve("random.gguf");
        assertThat(run("bench --random 110M --weights q4_k --pp 0 --save " + file))
                .isZero();
        assertThat(out.toString()).isEmpty();
        try (Checkpoint checkpoint = Checkpoints.open(file)) {
            assertThat(checkpoint.hyperparameters())
                    .isEqualTo(ModelShape.named("110m").hyperparameters());
            assertThat(checkpoint.tensor("output.weight").type()).isEqualTo(TensorType.Q6_K);
            assertThat(checkpoint.tensor("blk.3.ffn_up.weight").type()).isEqualTo(TensorType.Q4_K);
            assertThat(checkpoint.tensor("blk.11.attn_v.weight").type()).isEqualTo(TensorType.Q6_K);
            assertThat(checkpoint.tensor("blk.1.ffn_norm.weight").type()).isEqualTo(TensorType.F32);
            Tokenizer tokenizer = CheckpointTokenizer.of(checkpoint.tokenizer());
            assertThat(tokenizer.vocabularySize()).isEqualTo(32_000);
            int[] ids = tokenizer.encode("the llama");
            assertThat(tokenizer.decode(ids)).isEqualTo("the llama");
        }
        assertThat(run("verify " + file)).isZero();
    }

    @Test
    void aFileThatExistsIsNotReplacedByARandomModel() throws IOException {
        Path file = Files.writeString(folder.resolve("precious.gguf"), "precious");
        assertThat(run("bench --random 110M --pp 0 --save " + file)).isOne();
        assertThat(err.toString()).contains("precious.gguf exists already", "another file");
        assertThat(file).hasContent("precious");
    }

    @Test
    void randomWeightsAreNormalAndTheSameEachTime() {
        for (TensorType type : new TensorType[] {TensorType.F32, TensorType.Q8_0, TensorType.Q4_0, TensorType.Q6_K}) {
            TensorTypes types = new TensorTypes(WeightFormat.valueOf(type.name()), 2, true);
            byte[] bytes = firstRow(types);
            assertThat(firstRow(types)).isEqualTo(bytes);
            float[] values = new float[768];
            BlockReader.dequantize(WeightFormat.valueOf(type.name()), bytes, 0, values, 0, values.length);
            double sum = 0;
            double squares = 0;
            for (float value : values) {
                sum += value;
                squares += value * value;
            }
            assertThat(sum / values.length).as(type.name()).isBetween(-0.003, 0.003);
            assertThat(Math.sqrt(squares / values.length)).as(type.name()).isBetween(0.018, 0.022);
        }
    }

    private static byte[] firstRow(TensorTypes types) {
        ModelShape shape = ModelShape.named("110M");
        try (RandomCheckpoint checkpoint = new RandomCheckpoint("random", shape.hyperparameters(), types)) {
            Tensor tensor = checkpoint.tensor("blk.0.attn_q.weight");
            MemorySegment row = MemorySegment.ofArray(new byte[(int) tensor.rowBytes()]);
            tensor.read(5, 1, row, 0);
            return row.toArray(ValueLayout.JAVA_BYTE);
        }
    }

    private int run(String line) {
        return Commands.run(new PrintWriter(out), new PrintWriter(err), line.split(" "));
    }
}
