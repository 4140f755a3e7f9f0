package dev.altiplano.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.altiplano.server.TestServer;
import dev.altiplano.server.config.InvalidSettingException;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HexFormat;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;
import tools.jackson.databind.JsonNode;

/** Keys over HTTP: who gets in, what a key may take, and what happens when the file changes under a running service. */
@ExtendWith(OutputCaptureExtension.class)
class ApiKeysTest {

    private static final String WEB = "web-0123456789abcdef";
    private static final String SINGLE = "single-0123456789abcdef";
    private static final String SMALL = "small-0123456789abcdef";
    private static final String NEW = "new-0123456789abcdef";
    private static final String ONE = "{\"prompt\":\"Once\",\"max_tokens\":1,\"ignore_eos\":true}";
    private static final String LONG =
            "{\"prompt\":\"Once\",\"max_tokens\":1900,\"n\":4,\"ignore_eos\":true,\"stream\":true}";
    private static final Set<String> OPEN = Set.of("/health", "/metrics", "/livez", "/readyz", "/", "/index.html");

    @TempDir
    private static Path folder;

    private static TestServer server;
    private static int version;

    @BeforeAll
    static void start() throws IOException {
        // As Kubernetes mounts a secret: a link to a file behind a link to a folder.
        mount(keys(WEB));
        Files.createSymbolicLink(folder.resolve("keys"), Path.of("..data", "keys"));
        server = TestServer.ready(
                "--altiplano.api.keys-file=" + folder.resolve("keys"), "--logging.level.dev.altiplano=info");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String keys(String web) {
        return "web sha256:" + HexFormat.of().formatHex(KeyRing.sha256(web)) + "\nsingle " + SINGLE
                + " requests=1\nsmall " + SMALL + " tokens-per-minute=50\n";
    }

    private static void mount(String content) throws IOException {
        Path next = Files.createDirectory(folder.resolve("..v" + ++version));
        Files.writeString(next.resolve("keys"), content);
        Path link = Files.createSymbolicLink(folder.resolve("..tmp"), next.getFileName());
        Files.move(link, folder.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
    }

    private static String[] bearer(String key) {
        return new String[] {"Authorization", "Bearer " + key};
    }

    @Test
    void anEmptiedFileTakesAllKeysBack() throws IOException {
        assertThat(server.metric("altiplano_api_keys")).isPositive();
        try {
            mount("# nobody\n");
            Awaitility.await().until(() -> server.get("/v1/models", bearer(WEB)).statusCode() == 401);
            assertThat(server.metric("altiplano_api_keys")).isZero();
        } finally {
            mount(keys(WEB));
            Awaitility.await().until(() -> server.get("/v1/models", bearer(WEB)).statusCode() == 200);
        }
    }

    @Test
    void tellsAKeyWhatIsLeftOfItsLimits() {
        var response = server.post("/v1/completions", ONE, bearer(SINGLE));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("x-ratelimit-limit-requests")).hasValue("1");
        assertThat(response.headers().firstValue("x-ratelimit-remaining-requests"))
                .hasValue("0");
    }

    @Test
    void everyMappedRouteButHealthAndMetricsNeedsAKey() {
        Set<String> paths = new TreeSet<>(Set.of("/", "/index.html", "/openapi.yaml", "/nothing", "/actuator"));
        for (RequestMappingInfoHandlerMapping mapping : server.context()
                .getBeansOfType(RequestMappingInfoHandlerMapping.class)
                .values()) {
            mapping.getHandlerMethods().keySet().forEach(info -> paths.addAll(info.getPatternValues()));
        }
        assertThat(paths).contains("/v1/completions", "/tokenize", "/actuator/info", "/error");
        for (String path : paths) {
            String target = path.replaceAll("\\{[^}]*}", "x").replace("**", "x");
            if (OPEN.contains(path) || path.startsWith("/actuator/health") || path.equals("/actuator/prometheus")) {
                assertThat(server.get(target).statusCode()).as(target).isIn(200, 404);
            } else {
                refused(server.get(target), target);
            }
            refused(server.post(target, ONE), target);
        }
        assertThat(server.get("/v1/models", bearer(WEB)).statusCode()).isEqualTo(200);
        assertThat(server.get("/", bearer(WEB)).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/health/../v1/models",
                "/health;/../v1/models",
                "/v1/models;/health",
                "/v1/models?/health",
                "/health;x=1",
                "//health",
                "/%68ealth",
                "/health/",
                "/HEALTH",
                "/actuator/health/../info",
                "/actuator/health/..%2finfo",
                "/actuator/health/%2e%2e/info",
                "/actuator/health;/../info",
                "/metrics/../actuator/info",
                "/health/%00",
                "http://x/health/../v1/models"
            })
    void pathsThatTwoParsersReadDifferentlyStayShut(String path) throws IOException {
        try (Socket socket = server.raw("GET " + path + " HTTP/1.1\r\nHost: health\r\nConnection: close\r\n\r\n")) {
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).matches("(?s)HTTP/1.1 (400|401) .*");
        }
    }

    @Test
    void slashesTooManyOpenNothing() {
        for (String path : new String[] {"/v1/completions/", "/v1//completions", "//v1/completions", "/v1/models/"}) {
            refused(server.post(path, ONE), path);
            refused(server.get(path), path);
        }
        double before = server.metric("altiplano_requests_total{outcome=\"length\"}");
        HttpResponse<String> response = server.post("/v1//completions/", ONE, bearer(SINGLE));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("x-ratelimit-limit-requests")).hasValue("1");
        Awaitility.await().until(() -> server.metric("altiplano_requests_total{outcome=\"length\"}") == before + 1);
    }

    @Test
    void keysThatAreNotExactlyOneOfThemAreRefused() {
        for (String value : new String[] {
            "Bearer", "Bearer ", "Bearer " + WEB + "x", "Bearer " + WEB.toUpperCase(), WEB, "Basic " + WEB, "Bearer é"
        }) {
            HttpResponse<String> response = server.post("/v1/completions", ONE, "Authorization", value);
            refused(response, value);
            assertThat(response.headers().firstValue("www-authenticate").orElseThrow())
                    .contains("invalid_token");
        }
        refused(
                server.post("/v1/completions", ONE, "Authorization", "Bearer " + WEB, "Authorization", "Bearer " + WEB),
                "twice");
        assertThat(server.post("/v1/completions", ONE, "Authorization", "bearer  " + WEB)
                        .statusCode())
                .isEqualTo(200);
    }

    private static void refused(HttpResponse<String> response, String what) {
        JsonNode error = TestServer.error(response, 401);
        assertThat(error.get("code").asString()).as(what).isEqualTo("invalid_api_key");
        assertThat(response.headers().firstValue("www-authenticate").orElseThrow())
                .startsWith("Bearer");
        assertThat(response.headers().firstValue("x-should-retry")).hasValue("false");
    }

    @Test
    void otherOriginsGetNoLeave() {
        HttpResponse<String> preflight = server.send(
                HttpRequest.newBuilder(server.uri("/v1/completions"))
                        .method("OPTIONS", HttpRequest.BodyPublishers.noBody()),
                "Origin",
                "http://evil.example",
                "Access-Control-Request-Method",
                "POST");
        HttpResponse<String> simple =
                server.get("/v1/models", "Origin", "http://evil.example", "Authorization", "Bearer " + WEB);
        for (HttpResponse<String> response : new HttpResponse[] {preflight, simple}) {
            assertThat(response.headers().map().keySet()).noneMatch(name -> name.startsWith("access-control-"));
        }
    }

    @Test
    void aKeyMayHaveSoManyRequestsAtATime() throws IOException {
        for (int i = 0; i < 30; i++) {
            assertThat(server.post("/v1/completions", ONE, bearer(SINGLE)).statusCode())
                    .isEqualTo(200);
        }
        try (Socket running = server.raw(completion(SINGLE, LONG))) {
            running.getInputStream().readNBytes(300);
            JsonNode error = limited(server.post("/v1/completions", ONE, bearer(SINGLE)));
            assertThat(error.get("message").asString()).contains("1 requests");
            assertThat(server.post("/v1/completions", ONE, bearer(WEB)).statusCode())
                    .isEqualTo(200);
        }
        Awaitility.await()
                .until(() -> server.post("/v1/completions", ONE, bearer(SINGLE)).statusCode() == 200);
        for (String bad : new String[] {"{", "{\"prompt\":\"a\",\"model\":\"x\"}", "{\"prompt\":[[99999999]]}"}) {
            assertThat(server.post("/v1/completions", bad, bearer(SINGLE)).statusCode())
                    .isBetween(400, 404);
        }
        assertThat(server.post("/v1/completions", ONE, bearer(SINGLE)).statusCode())
                .isEqualTo(200);
    }

    @Test
    void aKeyMayUseSoManyTokensPerMinute() {
        String forty = "{\"prompt\":[1,300],\"max_tokens\":40,\"ignore_eos\":true}";
        assertThat(server.post("/v1/completions", "{\"prompt\":5}", bearer(SMALL))
                        .statusCode())
                .isEqualTo(400);
        assertThat(server.post("/v1/completions", forty, bearer(SMALL)).statusCode())
                .isEqualTo(200);
        assertThat(server.post("/v1/completions", forty, bearer(SMALL)).statusCode())
                .isEqualTo(200);
        HttpResponse<String> third = server.post("/v1/completions", forty, bearer(SMALL));
        assertThat(limited(third).get("message").asString()).contains("50 tokens per minute");
        assertThat(third.headers().firstValueAsLong("retry-after").orElseThrow())
                .isBetween(10L, 42L);
        // What is refused says it too; 34 of the 50 tokens a minute are owed.
        assertThat(third.headers().firstValue("x-ratelimit-limit-tokens")).hasValue("50");
        assertThat(third.headers().firstValue("x-ratelimit-remaining-tokens")).hasValue("0");
        assertThat(Integer.parseInt(third.headers()
                        .firstValue("x-ratelimit-reset-tokens")
                        .orElseThrow()
                        .replace("s", "")))
                .isBetween(70, 102);
        assertThat(server.post("/v1/completions", forty, bearer(WEB)).statusCode())
                .isEqualTo(200);
    }

    private static JsonNode limited(HttpResponse<String> response) {
        JsonNode error = TestServer.error(response, 429);
        assertThat(error.get("code").asString()).isEqualTo("rate_limit_exceeded");
        assertThat(response.headers().firstValueAsLong("retry-after").orElseThrow())
                .isPositive();
        return error;
    }

    @Test
    void keysChangeUnderARunningServiceAndStandNowhere(CapturedOutput log) throws Exception {
        try (Socket running = server.raw(completion(WEB, LONG))) {
            running.getInputStream().readNBytes(300);
            mount(keys(NEW));
            awaitStatus(NEW, 200);
            refused(server.get("/v1/models", bearer(WEB)), "the old key");
            for (String broken : new String[] {"web " + WEB + "\nweb\n", "web"}) {
                mount(broken);
                awaitLog(log, "line " + broken.lines().count() + ": a key must follow the name");
                assertThat(server.get("/v1/models", bearer(NEW)).statusCode()).isEqualTo(200);
                refused(server.get("/v1/models", bearer(WEB)), "a key of a file with errors");
                assertThat(server.metric("altiplano_keys_file_rejected")).isOne();
            }
            Files.delete(folder.resolve("..data"));
            awaitLog(log, "there is no such file");
            assertThat(server.get("/v1/models", bearer(NEW)).statusCode()).isEqualTo(200);
            mount(keys(WEB));
            awaitStatus(WEB, 200);
            assertThat(server.metric("altiplano_keys_file_rejected")).isZero();
            // What came in with a key that has gone meanwhile goes on.
            assertThat(running.getInputStream().readNBytes(300)).hasSize(300);
        }
        server.post("/v1/completions", ONE, bearer(WEB));
        awaitLog(log, " key=web ");
        server.post("/v1/completions", ONE, bearer("leaked-0123456789abcdef"));
        assertThat(log.getAll()).doesNotContain("0123456789abcdef");
        assertThat(server.get("/actuator/info", bearer(WEB)).body()).doesNotContain("0123456789abcdef");
    }

    /** The thread that reads the file goes on: otherwise keys could not be taken back any more, and nobody would know. */
    @Test
    void keysStillChangeAfterTheirReaderRanOutOfMemory() throws IOException {
        AtomicInteger thrown = new AtomicInteger();
        AppenderBase<ILoggingEvent> exhausted = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                // Told by the reading thread while it takes a new content.
                if (event.getFormattedMessage().startsWith("API keys have changed") && thrown.getAndIncrement() == 0) {
                    throw new OutOfMemoryError("planted");
                }
            }
        };
        exhausted.start();
        Logger logger = (Logger) LoggerFactory.getLogger(ApiKeys.class);
        logger.addAppender(exhausted);
        // Other servers of these tests have said less.
        logger.setLevel(Level.INFO);
        try {
            mount(keys(NEW));
            Awaitility.await().until(() -> thrown.get() == 1);
        } finally {
            mount(keys(WEB));
            awaitStatus(WEB, 200);
            logger.setLevel(null);
            logger.detachAppender(exhausted);
        }
        refused(server.get("/v1/models", bearer(NEW)), "a key that was replaced after the error");
    }

    private static void awaitLog(CapturedOutput log, String text) {
        Awaitility.await(text).until(() -> log.getOut().contains(text));
    }

    private static void awaitStatus(String key, int status) {
        Awaitility.await().until(() -> server.get("/v1/models", bearer(key)).statusCode() == status);
    }

    @Test
    void aFileThatCannotBeUsedStopsTheStart() throws IOException {
        Path bad = Files.writeString(folder.resolve("bad"), "web " + WEB + "\nx y\n");
        for (Path file : new Path[] {bad, folder.resolve("none"), folder}) {
            assertThatThrownBy(() -> TestServer.listening("--altiplano.api.keys-file=" + file))
                    .rootCause()
                    .isInstanceOf(InvalidSettingException.class)
                    .hasMessageContaining("altiplano.api.keys-file")
                    .hasMessageContaining(file.toString());
        }
    }

    private static String completion(String key, String json) {
        return TestServer.rawCompletion(json)
                .replace("Host: localhost", "Host: localhost\r\nAuthorization: Bearer " + key);
    }
}
