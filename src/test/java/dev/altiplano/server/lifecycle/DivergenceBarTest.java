package dev.altiplano.server.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.ModelException;
import dev.altiplano.engine.checkpoint.MeasuredDivergence;
import dev.altiplano.engine.checkpoint.gguf.GgufDivergence;
import dev.altiplano.server.TestServer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that lost too much, or does not say what it lost, is not served where a bar is set. */
class DivergenceBarTest {

    private static final Path MODEL = Path.of("src/test/resources/reference/gguf/base-q4_0.gguf");

    @TempDir
    private Path folder;

    @Test
    void holdsAModelAgainstWhatItsFileSays() throws Exception {
        Path file = Files.copy(MODEL, folder.resolve("measured.gguf"));
        GgufDivergence.write(file, new MeasuredDivergence(0.02, 0.1, 0.5, 0.97, 1.01, 1000, "wiki.txt"));
        assertThatCode(() -> new DivergenceBar(0.02).check(file)).doesNotThrowAnyException();
        assertThatCode(() -> new DivergenceBar(0.02).check(folder)).doesNotThrowAnyException();
        assertThatThrownBy(() -> new DivergenceBar(0.019).check(file))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("a mean divergence of 0.02 nats, measured on wiki.txt")
                .hasMessageContaining("altiplano.model.max-divergence = 0.019");
        assertThatThrownBy(() -> new DivergenceBar(1).check(MODEL))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("quantize --measure");
    }

    @Test
    void keepsTheServiceFromBeingReady() {
        try (TestServer server =
                TestServer.listening("--altiplano.model.path=" + MODEL, "--altiplano.model.max-divergence=0.1")) {
            Awaitility.await().until(() -> server.state() instanceof EngineState.Failed);
            assertThat(server.get("/actuator/health/readiness").body()).contains("max-divergence");
        }
        assertThatThrownBy(() -> TestServer.listening(
                        "--altiplano.model.path=" + MODEL,
                        "--altiplano.model.weights=q4_0",
                        "--altiplano.model.max-divergence=0.1"))
                .hasStackTraceContaining("altiplano.model.weights");
    }
}
