package dev.altiplano.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.server.TestServer;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** The service practises refusals with itself, and nobody is told of them. */
@ExtendWith(OutputCaptureExtension.class)
class RehearsalTest {

    private static final String LOG = "--logging.level.dev.altiplano.server.api.Rehearsal=debug";

    @Test
    void leavesNoTrace(CapturedOutput output) {
        try (TestServer server = TestServer.ready("--altiplano.api.rehearsal=1000", LOG)) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> output.getOut().contains("Rehearsed 1000 refusals"));
            String metrics = server.get("/metrics").body();
            assertThat(metrics)
                    .contains("altiplano_requests_total{outcome=\"rejected\"} 0.0")
                    .doesNotContain("rehearsal")
                    .doesNotContain("status=\"429\"");
            assertThat(output.getOut()).doesNotContain("outcome=rejected");
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
