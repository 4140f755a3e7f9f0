package dev.altiplano.server.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.LoadListener;
import dev.altiplano.engine.checkpoint.fetch.HubServer;
import dev.altiplano.server.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A service whose model is somewhere else: it fetches before it loads, and says how far it is or why it cannot. */
class FetchedModelTest {

    private static final Path MODEL = Path.of("src/test/resources/reference/gguf/base-q4_0.gguf");

    @TempDir
    private Path folder;

    @Test
    void servesAModelOfAHub() throws IOException {
        try (HubServer hub = hub();
                TestServer server = TestServer.ready(settings(hub, "hf:owner/name"))) {
            JsonNode answer = server.complete("{\"model\":\"name\",\"prompt\":\"The\",\"max_tokens\":2}");
            assertThat(answer.get("model").asString()).isEqualTo("name");
            assertThat(folder.resolve("hub/owner/name/" + HubServer.COMMIT + "/base-q4_0.gguf"))
                    .hasSameBinaryContentAs(MODEL);
        }
    }

    @Test
    void saysThatItFetchesAndBreaksOffWhenItIsStopped() throws IOException {
        try (HubServer hub = hub()) {
            CountDownLatch gate = new CountDownLatch(1);
            hub.holdFilesUntil(gate);
            try (TestServer server = TestServer.listening(settings(hub, "hf:owner/name"))) {
                Awaitility.await().until(() -> hub.requests().stream().anyMatch(it -> it.contains(".gguf")));
                assertThat(server.state()).isEqualTo(new EngineState.Loading(LoadListener.Phase.DOWNLOADING, 0));
                assertThat(server.get("/actuator/health/readiness").body()).contains("downloading");
                assertThat(server.metric("altiplano_load_phase{phase=\"downloading\"}"))
                        .isEqualTo(1);
            }
            Awaitility.await()
                    .until(() -> Thread.getAllStackTraces().keySet().stream()
                            .noneMatch(thread -> thread.getName().equals("altiplano-load")));
            gate.countDown();
        }
    }

    @Test
    void staysUpAndSaysWhyAModelCannotBeFetched() throws IOException {
        try (HubServer hub = hub();
                TestServer server = TestServer.listening(settings(hub, "hf:owner/another"))) {
            Awaitility.await().until(() -> server.state() instanceof EngineState.Failed);
            assertThat(server.get("/actuator/health/readiness").body())
                    .contains("could not be fetched", "owner/another", "there is no such file");
        }
    }

    @Test
    void refusesAnAddressThatIsNone() {
        assertThatThrownBy(() -> TestServer.listening("--altiplano.model.path=gs://bucket/7B"))
                .hasStackTraceContaining("altiplano.model.path")
                .hasStackTraceContaining("gs: addresses are not known");
        assertThatThrownBy(() -> TestServer.listening("--altiplano.model.sha256=12"))
                .hasStackTraceContaining("altiplano.model.sha256");
    }

    private static HubServer hub() throws IOException {
        HubServer hub = new HubServer();
        hub.put("base-q4_0.gguf", Files.readAllBytes(MODEL));
        return hub;
    }

    private String[] settings(HubServer hub, String path) {
        return new String[] {
            "--altiplano.model.path=" + path,
            "--altiplano.model.cache-dir=" + folder,
            "--altiplano.engine.threads=1",
            "--HF_ENDPOINT=" + hub.endpoint()
        };
    }
}
