package dev.altiplano.server.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.server.TestServer;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Prometheus' own tool reads our metrics and finds nothing to say. */
@Tag("needs-promtool")
class PromtoolTest {

    @Test
    void acceptsOurMetrics() throws Exception {
        TestServer server = TestServer.shared();
        server.complete("{\"prompt\":\"Once\",\"max_tokens\":3}");
        String ours = server.get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("altiplano_")
                        || line.startsWith("# HELP altiplano_")
                        || line.startsWith("# TYPE altiplano_"))
                .collect(Collectors.joining("\n", "", "\n"));
        assertThat(ours.lines().count()).isGreaterThan(100);
        Process promtool = new ProcessBuilder("promtool", "check", "metrics")
                .redirectErrorStream(true)
                .start();
        promtool.getOutputStream().write(ours.getBytes(StandardCharsets.UTF_8));
        promtool.getOutputStream().close();
        String said = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(promtool.waitFor()).as(said).isZero();
        assertThat(said).isEmpty();
    }
}
