package dev.altiplano.tool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.kernel.BackendName;
import dev.altiplano.engine.kernel.WeightFormat;
import dev.altiplano.engine.load.LoadedModel;
import dev.altiplano.engine.load.ModelLoader;
import dev.altiplano.engine.model.ForwardBatch;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What makes related models differ is in the GGUF file too that is written of them: it computes the same. */
final class FamilyConversionTest {

    private static final Path MODELS = Path.of("src/test/resources/reference/families/models");
    private static final int POSITIONS = 60;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hf/mixtral",
                "hf/attention_bias",
                "hf/mlp_bias",
                "hf/vocab-padded",
                "hf/tied",
                "hf/rope-linear-scaling",
                "hf/rope-llama3-parameters",
                "hf/rope-yarn-attention_factor",
                "hf/mistral-window-4096",
                "gguf/moe-2-of-8-old.gguf",
                "gguf/rope-yarn-attn_factor.gguf",
            })
    void theWrittenFileComputesTheSame(String model) {
        Path written = folder.resolve("written.gguf");
        StringWriter err = new StringWriter();
        int code = Commands.run(
                new PrintWriter(new StringWriter(), true),
                new PrintWriter(err, true),
                "quantize",
                MODELS.resolve(model).toString(),
                written.toString(),
                "--type",
                "f32");
        assertThat(code).as(err.toString()).isZero();
        float[] expected = logits(MODELS.resolve(model));
        float[] computed = logits(written);
        assertThat(computed).hasSameSizeAs(expected);
        for (int id = 0; id < expected.length; id++) {
            assertThat(Math.abs(computed[id] - expected[id])).isLessThan(1e-4f);
        }
    }

    private static float[] logits(Path file) {
        EngineOptions options = new EngineOptions(
                EngineOptions.Model.of(file, "test").held(WeightFormat.F32),
                new EngineOptions.Compute(1, BackendName.SCALAR),
                new EngineOptions.Batch(0, 1, POSITIONS),
                new EngineOptions.Kv(0, 16, null, false),
                EngineOptions.Queue.DEFAULT,
                0);
        try (LoadedModel loaded = new ModelLoader(options, (phase, done, total) -> {}).load();
                Arena arena = Arena.ofShared()) {
            ForwardBatch batch = new ForwardBatch(POSITIONS, 1, 4, arena);
            int list = batch.addBlockList(new int[] {0, 1, 2, 3}, 4);
            for (int i = 0; i < POSITIONS; i++) {
                batch.add(3 + i * 7 % 500, i, list, false, i == POSITIONS - 1);
            }
            MemorySegment logits = loaded.model().forward(batch);
            return logits.asSlice(0, 4L * loaded.config().vocabularySize()).toArray(ValueLayout.JAVA_FLOAT);
        }
    }
}
