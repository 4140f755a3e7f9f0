package dev.altiplano.tool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.ModelException;
import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.checkpoint.Progress;
import dev.altiplano.engine.checkpoint.gguf.GgufWriter;
import dev.altiplano.engine.checkpoint.tensor.Tensor;
import dev.altiplano.engine.checkpoint.tensor.TensorType;
import dev.altiplano.engine.kernel.BackendName;
import dev.altiplano.engine.load.Checkpoints;
import dev.altiplano.engine.load.LoadedModel;
import dev.altiplano.engine.load.ModelLoader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code verify} accepts can be loaded, and what it refuses cannot. */
class VerifyAndLoadTest {

    private static final Path REFERENCE = Path.of("src/test/resources/reference");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"malformed", "variants", "gguf"})
    void agree(String name) throws IOException {
        List<Path> models;
        try (Stream<Path> all = Files.list(REFERENCE.resolve(name))) {
            models = all.filter(
                            path -> Files.isDirectory(path) || path.toString().endsWith(".gguf"))
                    .sorted()
                    .toList();
        }
        assertThat(models).isNotEmpty();
        List<String> different = new ArrayList<>();
        for (Path model : models) {
            String verified = verify(model);
            String loaded = load(model, 0);
            if (verified.isEmpty() != loaded.isEmpty()) {
                different.add(model + ": verify says '" + verified + "', loading '" + loaded + "'");
            }
        }
        assertThat(different).isEmpty();
    }

    @Test
    void refuseANormThatIsQuantised() throws IOException {
        Path model = write(
                UnaryOperator.identity(),
                tensor -> tensor.name().equals("blk.1.ffn_norm.weight")
                        ? new QuantisedVector(tensor.name(), tensor.columns())
                        : tensor);
        assertThat(verify(model)).contains("blk.1.ffn_norm.weight", "Q8_0", "norms");
        assertThat(load(model, 0)).contains("blk.1.ffn_norm.weight", "Q8_0", "norms");
    }

    @Test
    void acceptAContextOfOneToken() throws IOException {
        Path model = write(shape -> shape.withContextLength(1), UnaryOperator.identity());
        assertThat(verify(model)).isEmpty();
        assertThat(load(model, 0)).isEmpty();
        assertThat(load(REFERENCE.resolve("gguf/base-f16.gguf"), 1))
                .as("by a setting")
                .isEmpty();
    }

    /** The reference model, changed. */
    private Path write(UnaryOperator<Hyperparameters> shape, UnaryOperator<Tensor> tensors) throws IOException {
        Path changed = folder.resolve("changed.gguf");
        try (Checkpoint base = Checkpoints.open(REFERENCE.resolve("gguf/base-f16.gguf"))) {
            new GgufWriter(
                            "changed",
                            shape.apply(base.hyperparameters()),
                            base.tokenizer(),
                            base.tensors().stream().map(tensors).toList())
                    .write(changed, true, Progress.NONE);
        }
        return changed;
    }

    /** What it says against the model; empty for nothing. */
    private static String verify(Path model) {
        StringWriter err = new StringWriter();
        int status = Commands.run(new PrintWriter(new StringWriter(), true), new PrintWriter(err, true), new String[] {
            "verify", model.toString()
        });
        assertThat(err.toString()).as("%s", model).doesNotContain("failed:");
        return status == 0 ? "" : err.toString();
    }

    private static String load(Path model, int contextLength) {
        EngineOptions options = new EngineOptions(
                EngineOptions.Model.of(model, "test"),
                new EngineOptions.Compute(1, BackendName.AUTO),
                new EngineOptions.Batch(contextLength, 1, 32),
                new EngineOptions.Kv(1 << 22, 16, null, false),
                new EngineOptions.Queue(1, 1000, Duration.ofSeconds(1), Duration.ofSeconds(1)),
                0);
        try (LoadedModel loaded = new ModelLoader(options, (phase, done, total) -> {}).load()) {
            return "";
        } catch (ModelException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** A vector of zeros in quant blocks. */
    private record QuantisedVector(String name, int columns) implements Tensor {

        @Override
        public int rows() {
            return 1;
        }

        @Override
        public TensorType type() {
            return TensorType.Q8_0;
        }

        @Override
        public void read(int firstRow, int count, MemorySegment target, long targetOffset) {
            target.asSlice(targetOffset, rowBytes()).fill((byte) 0);
        }
    }
}
