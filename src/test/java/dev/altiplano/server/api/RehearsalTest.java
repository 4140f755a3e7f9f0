package dev.altiplano.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.server.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** The service rehearses a flood with an understudy of its engine, and nobody is told of it. */
@ExtendWith(OutputCaptureExtension.class)
class RehearsalTest {

    private static final String LOG = "--logging.level.dev.altiplano.server.api.Rehearsal=debug";

    @Test
    void leavesNoTraceAndNeedsNoKeyAndFindsItsPath(CapturedOutput output, @TempDir Path folder) throws IOException {
        Path keys = Files.writeString(folder.resolve("keys"), "web 0123456789abcdef0123\n");
        try (TestServer server = TestServer.ready(
                "--altiplano.api.rehearsal=1000",
                "--altiplano.api.keys-file=" + keys,
                "--server.servlet.context-path=/llm",
                LOG)) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> output.getOut().contains("Rehearsed "));
            String metrics = server.get("/llm/metrics").body();
            assertThat(metrics)
                    .contains("altiplano_requests_total{outcome=\"rejected\"} 0.0")
                    .contains("altiplano_requests_total{outcome=\"length\"} 0.0")
                    .contains("altiplano_generated_tokens_total 0.0")
                    .doesNotContain("uri=\"/v1/completions\"")
                    .doesNotContain("uri=\"/metrics\"")
                    .doesNotContain("rehearsal")
                    .doesNotContain("status=\"404\"")
                    .doesNotContain("status=\"429\"")
                    .doesNotContain("status=\"401\"");
            assertThat(output.getOut()).doesNotContain("outcome=").doesNotContain("ended early");
        }
    }

    @Test
    void isNotForOthers() {
        TestServer server = TestServer.shared();
        assertThat(server.post(
                                "/v1/completions",
                                "{\"prompt\":\"Once\",\"max_tokens\":1}",
                                "x-altiplano-rehearsal",
                                "a guess")
                        .statusCode())
                .isEqualTo(200);
    }
}
