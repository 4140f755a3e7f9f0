package dev.altiplano.server.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.ChildJvm;
import dev.altiplano.engine.Engine;
import dev.altiplano.server.TestServer;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.test.util.ReflectionTestUtils;
import tools.jackson.databind.JsonNode;

/** A start that fails, and a stop under load. */
class LifecycleTest {

    private static final String LONG =
            "{\"prompt\":\"Once\",\"max_tokens\":1900,\"n\":4,\"ignore_eos\":true,\"stream\":true}";

    @Test
    void servesTheEmbeddedModelWhereNoneIsNamedWithADraftModelBesideIt() {
        try (TestServer server = TestServer.ready(
                "--altiplano.model.size=demo",
                "--altiplano.engine.draft-model.path=src/main/resources/model/demo-instruct",
                "--altiplano.engine.draft-model.weights=q8_0")) {
            var reply = server.post(
                    "/v1/completions", "{\"prompt\": \"Once upon a time\", \"max_tokens\": 12, \"temperature\": 0}");
            assertThat(reply.statusCode()).isEqualTo(200);
            String text = TestServer.JSON
                    .readTree(reply.body())
                    .get("choices")
                    .get(0)
                    .get("text")
                    .asString();
            assertThat(text).as("words, not noise").matches("[A-Za-z ,.'\n]+");
            // How soon it may draft depends on what its passes take beside the model's.
            Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> {
                server.complete("{\"prompt\":\"Once upon a time\",\"max_tokens\":60,\"ignore_eos\":true}");
                return server.metric("altiplano_speculation_drafted_tokens_total{source=\"model\"}") > 0;
            });
        }
    }

    @Test
    void staysUpAndSaysWhyWhenTheModelCannotBeLoaded() {
        try (TestServer server = TestServer.listening("--altiplano.model.path=/no/such/model")) {
            Awaitility.await().until(() -> server.state() instanceof EngineState.Failed);
            assertThat(server.get("/health/liveness").statusCode()).isEqualTo(200);
            HttpResponse<String> readiness = server.get("/actuator/health/readiness");
            assertThat(readiness.statusCode()).isEqualTo(503);
            assertThat(readiness.body()).contains("/no/such/model").contains("failed");
            HttpResponse<String> refused = server.post("/v1/completions", "{\"prompt\":\"a\"}");
            JsonNode error = TestServer.error(refused, 503);
            assertThat(error.get("code").asString()).isEqualTo("model_failed");
            assertThat(error.get("message").asString()).doesNotContain("/no/such");
            assertThat(refused.headers().firstValue("x-should-retry")).hasValue("false");
            TestServer.error(server.get("/v1/models"), 503);
            TestServer.error(server.post("/tokenize", "{\"prompt\":\"a\"}"), 503);
            assertThat(server.metric("altiplano_load_failed")).isEqualTo(1);
            assertThat(server.metric("altiplano_load_phase{phase=\"ready\"}")).isZero();
            assertThat(server.metric("altiplano_requests_total{outcome=\"rejected\"}"))
                    .isEqualTo(1);
        }
    }

    /** Nothing computes any more: a restart is what helps. */
    @Test
    void isNeitherReadyNorAliveOnceItsEngineHasEnded() {
        try (TestServer server = TestServer.ready()) {
            assertThat(server.get("/health/liveness").statusCode()).isEqualTo(200);
            Engine engine = server.context().getBean(EngineLifecycle.class).engine();
            // Its thread ends, as behind an error, without anybody having closed it.
            ReflectionTestUtils.invokeMethod(
                    Objects.requireNonNull(ReflectionTestUtils.getField(engine, "loop")), "stop");
            Awaitility.await().until(() -> server.state() instanceof EngineState.Ended);
            for (String path : List.of("/health/liveness", "/health/readiness")) {
                assertThat(server.get(path).statusCode()).as(path).isEqualTo(503);
            }
            assertThat(server.get("/actuator/health/readiness").body())
                    .contains("\"phase\":\"ended\"", "an error has ended the engine");
            TestServer.error(server.post("/v1/completions", "{\"prompt\":\"a\"}"), 503);
        }
    }

    @Test
    void endsTheProcessAfterALoadThatFailed(@TempDir Path folder) throws Exception {
        ChildJvm.Ended ended = ChildJvm.run(
                folder,
                ChildJvm.command(
                        folder,
                        // It lives for seconds: a quick start counts.
                        List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"),
                        "dev.altiplano.Altiplano",
                        "--server.port=0",
                        "--server.address=127.0.0.1",
                        "--altiplano.model.path=/no/such/model",
                        "--altiplano.model.exit-after-failure=1ms"));
        assertThat(ended.status()).as(ended.toString()).isOne();
        assertThat(ended.out()).contains("/no/such/model", "altiplano.model.exit-after-failure");
    }

    @Test
    void leavesNothingOfTheLoadBehindWhenTheServerCannotStart() throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            assertThatThrownBy(() -> TestServer.listening("--management.server.port=" + taken.getLocalPort()))
                    .hasStackTraceContaining("already in use");
            noLoadIsLeft();
        }
    }

    @Test
    void endsTheLoadWhenTheStartFailsBeforeAnyoneAsksForTheEngine() {
        assertThatThrownBy(() -> TestServer.listening("--altiplano.no-such-setting=1"))
                .hasStackTraceContaining("no-such-setting");
        noLoadIsLeft();
    }

    private static void noLoadIsLeft() {
        Awaitility.await()
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().equals("altiplano-load")));
    }

    @Test
    void loadsACheckpointFromAFolder() {
        String path = "src/test/resources/reference/base-mp2";
        try (TestServer server = TestServer.ready("--altiplano.model.path=" + path, "--altiplano.engine.threads=1")) {
            JsonNode answer =
                    server.complete("{\"model\":\"base-mp2\",\"prompt\":\"The\",\"max_tokens\":4,\"temperature\":0}");
            assertThat(answer.get("model").asString()).isEqualTo("base-mp2");
        }
    }

    @Test
    void leavesNoCopyOfTheEmbeddedModel() {
        Path folder;
        try (ModelFiles files = ModelFiles.embedded(null)) {
            folder = files.path();
            assertThat(folder.resolve("params.json")).exists();
        }
        assertThat(folder).doesNotExist();
    }

    @Test
    void letsRunningStreamsFinishAndRefusesNewRequestsWhileItStops() throws Exception {
        TestServer server = TestServer.ready(
                "--spring.lifecycle.timeout-per-shutdown-phase=60s", "--altiplano.engine.max-sequences=2");
        Thread stop = Thread.ofPlatform().unstarted(server::close);
        try (Socket running = server.raw(TestServer.rawCompletion(
                "{\"prompt\":\"Once\",\"max_tokens\":400,\"n\":4,\"ignore_eos\":true,\"stream\":true}"))) {
            running.getInputStream().readNBytes(200);
            stop.start();
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> server.state() instanceof EngineState.Draining);
            HttpResponse<String> refused = server.post("/v1/completions", "{\"prompt\":\"a\"}");
            assertThat(TestServer.error(refused, 503).get("code").asString()).isEqualTo("stopping");
            assertThat(refused.headers().firstValue("retry-after")).isPresent();
            assertThat(server.get("/readyz").statusCode()).isEqualTo(503);
            assertThat(server.get("/livez").statusCode()).isEqualTo(200);
            String rest = new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(rest)
                    .contains("\"finish_reason\":\"length\"")
                    .contains("data: [DONE]")
                    .doesNotContain("\"error\"");
        }
        stop.join(Duration.ofSeconds(20));
        assertThat(server.state()).isInstanceOf(EngineState.Closed.class);
    }

    @Test
    void tellsWhatDidNotFinishInTime() throws Exception {
        TestServer server = TestServer.ready(
                "--spring.lifecycle.timeout-per-shutdown-phase=1s", "--altiplano.engine.max-sequences=1");
        Thread stop = Thread.ofPlatform().unstarted(server::close);
        try (Socket running = server.raw(TestServer.rawCompletion(LONG.replace("\"n\":4", "\"n\":16")))) {
            running.getInputStream().readNBytes(200);
            long begin = System.nanoTime();
            stop.start();
            String rest = new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(rest)
                    .contains("data: {\"error\":{")
                    .contains("\"code\":\"stopping\"")
                    .contains("data: [DONE]");
            stop.join(Duration.ofSeconds(20));
            assertThat(stop.isAlive()).isFalse();
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
        }
    }
}
