package dev.altiplano.engine.load.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.kernel.BackendName;
import dev.altiplano.engine.kernel.WeightFormat;
import dev.altiplano.engine.load.LoadedModel;
import dev.altiplano.engine.load.ModelLoader;
import dev.altiplano.engine.model.ForwardBatch;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The copy of packed weights as a model's load uses it. */
class WeightCacheSettingTest {

    private static final Path REFERENCE = Path.of("src/test/resources/reference");

    @TempDir
    private Path folder;

    private final Logger logger = Logger.getLogger(WeightLoader.class.getName());
    private final List<String> lines = new ArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord line) {
            lines.add(line.getLevel() + " " + new SimpleFormatter().formatMessage(line));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    private Path model = Path.of("");

    @BeforeEach
    void copyModel() throws IOException {
        logger.addHandler(handler);
        // Another test's service may have let warnings through alone, for the whole process.
        logger.setLevel(Level.INFO);
        model = Files.createDirectory(folder.resolve("model"));
        try (var files = Files.list(REFERENCE.resolve("base-mp2"))) {
            for (Path file : files.toList()) {
                Files.copy(file, model.resolve(file.getFileName()));
            }
        }
        Path tokenizer = model.resolve("tokenizer.model");
        if (!Files.exists(tokenizer)) {
            Files.copy(REFERENCE.resolve("tokenizer.model"), tokenizer);
        }
    }

    @AfterEach
    void stopListening() {
        logger.removeHandler(handler);
        logger.setLevel(null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"file", "q8_0", "q4_0", "f32"})
    void theSecondStartReadsWhatTheFirstWrote(String weights) {
        byte[] packed = load("beside", weights);
        assertThat(lines).hasSize(1).first().asString().contains("INFO", "written to", "model." + weights + ".packed");
        assertThat(model.resolve("model." + weights + ".packed")).isRegularFile();
        lines.clear();
        assertThat(load("beside", weights)).isEqualTo(packed);
        assertThat(lines).hasSize(1).first().asString().contains("INFO", "were read from");
        assertThat(load("off", weights)).isEqualTo(packed);
        assertThat(lines).hasSize(1);
    }

    @Test
    void aFolderOfItsOwnWorksAndIsMade() {
        byte[] packed = load(folder.resolve("deep/cache").toString(), "file");
        assertThat(folder.resolve("deep/cache").toFile().list()).hasSize(1);
        lines.clear();
        assertThat(load(folder.resolve("deep/cache").toString(), "file")).isEqualTo(packed);
        assertThat(lines.getFirst()).contains("were read from");
    }

    @Test
    void aChangedModelIsPackedAnew() throws Exception {
        load("beside", "q8_0");
        Path shard = model.resolve("consolidated.01.pth");
        Files.setLastModifiedTime(shard, FileTime.from(Instant.now().minus(Duration.ofDays(1))));
        lines.clear();
        load("beside", "q8_0");
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0)).contains("made from other files", "made again");
        assertThat(lines.get(1)).contains("written to");
        lines.clear();
        load("beside", "q8_0");
        assertThat(lines.getFirst()).contains("were read from");
    }

    @Test
    void aDamagedCopyIsPackedAnew() throws Exception {
        byte[] packed = load("beside", "q4_0");
        Path copy = model.resolve("model.q4_0.packed");
        byte[] bytes = Files.readAllBytes(copy);
        bytes[bytes.length / 2] ^= 4;
        Files.write(copy, bytes);
        lines.clear();
        assertThat(load("beside", "q4_0")).isEqualTo(packed);
        assertThat(lines.getFirst()).contains("WARNING", "is damaged");
        lines.clear();
        assertThat(load("beside", "q4_0")).isEqualTo(packed);
        assertThat(lines.getFirst()).contains("were read from");
    }

    @Test
    void whereNothingCanBeWrittenTheModelLoadsAllTheSame() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "not a folder");
        byte[] packed = load(file.toString(), "q8_0");
        assertThat(lines).hasSize(1).first().asString().contains("WARNING", "altiplano.model.packed-cache");
        assertThat(packed).isEqualTo(load("off", "q8_0"));
    }

    @Test
    void aSmallerFormatHoldsTheEmbeddingAsWell() {
        EngineOptions options = options("off", "q8_0");
        try (LoadedModel loaded = new ModelLoader(options, (phase, done, total) -> {}).load()) {
            assertThat(loaded.card().weightFormats())
                    .containsOnlyKeys(WeightFormat.Q8_0.name(), WeightFormat.F32.name());
        }
    }

    /** The logits of a prompt, as bytes. */
    private byte[] load(String packedCache, String weights) {
        try (LoadedModel loaded = new ModelLoader(options(packedCache, weights), (phase, done, total) -> {}).load()) {
            return logits(loaded);
        }
    }

    private static byte[] logits(LoadedModel loaded) {
        try (Arena arena = Arena.ofShared()) {
            ForwardBatch batch = new ForwardBatch(8, 1, 1, arena);
            int list = batch.addBlockList(new int[] {0}, 1);
            for (int i = 0; i < 8; i++) {
                batch.add(7 * i + 5, i, list, false, i == 7);
            }
            return loaded.model().forward(batch).asSlice(0, 4 * 512).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    private EngineOptions options(String packedCache, String weights) {
        EngineOptions defaults = EngineOptions.of(model, "test");
        return new EngineOptions(
                new EngineOptions.Model(model, "test", "auto", EngineOptions.weightFormat(weights), packedCache, true),
                new EngineOptions.Compute(2, BackendName.AUTO),
                new EngineOptions.Batch(128, 1, 32),
                new EngineOptions.Kv(1 << 22, 16, null, false),
                new EngineOptions.Queue(
                        1,
                        1000,
                        defaults.queue().defaultTimeout(),
                        defaults.queue().maxTimeout()),
                0);
    }
}
