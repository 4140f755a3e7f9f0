package dev.altiplano.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.EngineStats;
import dev.altiplano.server.lifecycle.EngineLifecycle;
import dev.altiplano.server.lifecycle.EngineState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole service on a random port of the loopback, with what tests need to talk to it. */
public final class TestServer implements AutoCloseable {

    public static final JsonMapper JSON = JsonMapper.builder().build();

    private static TestServer shared;

    private final ConfigurableApplicationContext context;
    private final EngineLifecycle lifecycle;
    private final HttpClient client = HttpClient.newHttpClient();
    public final int port;

    private TestServer(String... settings) {
        List<String> all = new ArrayList<>(List.of(
                "--server.port=0",
                "--server.address=127.0.0.1",
                "--logging.level.root=warn",
                "--altiplano.engine.kv-cache-size=64MB"));
        all.addAll(List.of(settings));
        if (all.stream().noneMatch(each -> each.startsWith("--altiplano.model."))) {
            // A context of 2,048 tokens and noise that never ends: requests run for as long as a test needs.
            all.add("--altiplano.model.path=src/test/resources/reference/base-mp1");
            all.add("--altiplano.model.id=altiplano-demo");
        }
        context = SpringApplication.run(AltiplanoServer.class, all.toArray(String[]::new));
        lifecycle = context.getBean(EngineLifecycle.class);
        port = Integer.parseInt(context.getEnvironment().getRequiredProperty("local.server.port"));
    }

    /** One with a small model, few sequences at a time and small limits in time, for all tests that leave it as they found it. */
    public static synchronized TestServer shared() {
        if (shared == null) {
            shared = ready(
                    "--altiplano.engine.max-sequences=4",
                    "--altiplano.api.heartbeat=300ms",
                    "--altiplano.api.write-timeout=1s",
                    "--altiplano.api.body-timeout=2s");
        }
        return shared;
    }

    /** One of its own, ready. */
    public static TestServer ready(String... settings) {
        TestServer server = listening(settings);
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> server.state() instanceof EngineState.Ready);
        return server;
    }

    /** One of its own that listens; its model may still be loading. */
    public static TestServer listening(String... settings) {
        return new TestServer(settings);
    }

    public ConfigurableApplicationContext context() {
        return context;
    }

    public EngineState state() {
        return lifecycle.state();
    }

    public EngineStats stats() {
        return lifecycle.engineOrNull().stats();
    }

    /** Waits until nothing waits or runs and no KV block is held. */
    public void awaitIdle() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .untilAsserted(() -> {
                    EngineStats stats = stats();
                    assertThat(stats.requestsWaiting()).isZero();
                    assertThat(stats.requestsRunning()).isZero();
                    assertThat(stats.kvBlocksUsed()).isZero();
                    assertThat(stats.queuedTokens()).isZero();
                });
    }

    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    public HttpResponse<String> get(String path, String... headers) {
        return send(HttpRequest.newBuilder(uri(path)), headers);
    }

    public HttpResponse<String> post(String path, String json, String... headers) {
        return send(
                HttpRequest.newBuilder(uri(path))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(json)),
                headers);
    }

    public HttpResponse<String> send(HttpRequest.Builder request, String... headers) {
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return client.send(
                    request.timeout(Duration.ofSeconds(60)).build(),
                    HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Posts a completion that must succeed in one piece, and checks its shape. */
    public JsonNode complete(String json) {
        HttpResponse<String> response = post("/v1/completions", json);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
        OpenApi.check("Completion", response.body());
        return JSON.readTree(response.body());
    }

    /** Posts a completion that must succeed as a stream, and checks each chunk; the last event, {@code [DONE]}, is left out. */
    public List<JsonNode> stream(String json) {
        HttpResponse<String> response = post("/v1/completions", json);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return events(response.body());
    }

    /** The JSON of each event of a complete stream. */
    public static List<JsonNode> events(String body) {
        return events(body, "CompletionChunk");
    }

    /** The same of chunks that are as the schema {@code chunk} says. */
    public static List<JsonNode> events(String body, String chunk) {
        assertThat(body).endsWith("data: [DONE]\n\n");
        List<JsonNode> events = new ArrayList<>();
        for (String block : body.split("\n\n")) {
            String event = withoutHeartbeats(block);
            if (event.equals("data: [DONE]")) {
                continue;
            }
            // Some characters of a text end a line for a pattern, but not for an event.
            assertThat(event).matches("(?s)(id: [A-Za-z0-9_-]+\n)?data: \\{[^\r\n]*");
            String data = event.substring(event.indexOf("data: ") + "data: ".length());
            OpenApi.check(data.startsWith("{\"error\"") ? "Error" : chunk, data);
            events.add(JSON.readTree(data));
        }
        return events;
    }

    /** An event without the comments before it. */
    public static String withoutHeartbeats(String event) {
        return event.replaceFirst("^(:\n)+", "");
    }

    /** The error object of an answer that must have this status. */
    public static JsonNode error(HttpResponse<String> response, int status) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
        OpenApi.check("Error", response.body());
        return JSON.readTree(response.body()).get("error");
    }

    /** A plain connection with {@code request} sent. */
    public Socket raw(String request) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress("127.0.0.1", port));
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
        return socket;
    }

    /** The bytes of a completion request. */
    public static String rawCompletion(String json) {
        return "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                + json.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + json;
    }

    /** A value of {@code /metrics}; 0 where there is none. */
    public double metric(String series) {
        for (String line : get("/metrics").body().split("\n")) {
            if (line.startsWith(series + " ")) {
                return Double.parseDouble(line.substring(series.length() + 1));
            }
        }
        return 0;
    }

    @Override
    public void close() {
        context.close();
        client.close();
    }
}
