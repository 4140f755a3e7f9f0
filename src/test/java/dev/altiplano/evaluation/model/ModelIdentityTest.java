package dev.altiplano.evaluation.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.Engine;
import dev.altiplano.engine.EngineObserver;
import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.kernel.BackendName;
import dev.altiplano.engine.kernel.KvFormat;
import dev.altiplano.engine.kernel.WeightFormat;
import dev.altiplano.engine.run.Engines;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models whose answers may differ have other identities, and threads are no difference. */
class ModelIdentityTest {

    @TempDir
    private Path folder;

    @Test
    void tellsFormatsAndFilesApart() throws Exception {
        Path file =
                Files.copy(Path.of("src/test/resources/reference/gguf/base-q8_0.gguf"), folder.resolve("model.gguf"));
        EngineOptions stored = EngineOptions.of(file, "model");
        Set<String> identities = new HashSet<>();
        identities.add(identity(stored));
        assertThat(identity(stored.with(new EngineOptions.Queue(
                        7, 100, java.time.Duration.ofSeconds(1), java.time.Duration.ofSeconds(1)))))
                .isIn(identities);
        identities.add(identity(stored.withFormats(WeightFormat.Q4_0, null)));
        identities.add(identity(stored.withFormats(null, KvFormat.Q8_0)));
        identities.add(identity(computedBy(stored, BackendName.SCALAR, 1)));
        assertThat(identities).hasSize(4);
        assertThat(identity(computedBy(stored, BackendName.SCALAR, 2))).isIn(identities);
        Files.copy(
                Path.of("src/test/resources/reference/gguf/base-q4_0.gguf"),
                file,
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        identities.add(identity(stored));
        assertThat(identities).as("another file in the same place").hasSize(5);
    }

    private static EngineOptions computedBy(EngineOptions options, BackendName backend, int threads) {
        return new EngineOptions(
                options.model(),
                new EngineOptions.Compute(threads, backend),
                options.batch(),
                options.kv(),
                options.decoding(),
                options.queue(),
                0);
    }

    private static String identity(EngineOptions options) {
        EngineOptions small = options.with(new EngineOptions.Batch(0, 2, 16));
        try (Engine engine = Engines.open(small, (phase, done, total) -> {}, EngineObserver.NONE)) {
            return ModelIdentity.of(small, engine.card());
        }
    }
}
