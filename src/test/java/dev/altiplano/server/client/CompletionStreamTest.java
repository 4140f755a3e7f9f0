package dev.altiplano.server.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.altiplano.client.CompletionStream;
import dev.altiplano.client.RefusedAnswerException;
import dev.altiplano.server.TestServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The client that comes with the service reads each answer whole, however often its connection is cut. */
class CompletionStreamTest {

    private static final Duration SILENCE = Duration.ofSeconds(20);
    private static final Duration PAUSE = Duration.ofMillis(1);
    private static final String BODY =
            "{\"prompt\":\"Once upon a time\",\"max_tokens\":24,\"n\":2,\"temperature\":1,\"seed\":7,\"ignore_eos\":true,"
                    + "\"stream\":true,\"stream_options\":{\"include_usage\":true}}";

    private final TestServer server = TestServer.shared();
    private final HttpClient client = HttpClient.newHttpClient();

    @AfterEach
    void nothingIsLeft() {
        client.close();
        server.awaitIdle();
    }

    private CompletionStream stream(URI... replicas) {
        return CompletionStream.of(client, List.of(replicas)).patience(SILENCE, PAUSE);
    }

    private static List<String> read(CompletionStream stream, String body) throws Exception {
        List<String> chunks = new ArrayList<>();
        stream.read("/v1/completions", body, List.of(), chunks::add);
        return chunks;
    }

    /** Text by choice, finish reasons and usage. */
    private static Map<String, String> content(List<String> chunks) {
        Map<String, String> content = new TreeMap<>();
        for (String chunk : chunks) {
            JsonNode json = TestServer.JSON.readTree(chunk);
            for (JsonNode choice : json.get("choices")) {
                String index = choice.get("index").asString();
                content.merge(index, choice.get("text").asString(), String::concat);
                if (!choice.path("finish_reason").isNull()) {
                    content.merge(index + " ends", choice.get("finish_reason").asString(), String::concat);
                }
            }
            if (json.get("choices").isEmpty()) {
                content.merge(
                        "tokens", json.get("usage").get("completion_tokens").asString(), String::concat);
            }
        }
        return content;
    }

    @Test
    void readsAnAnswerWhoseConnectionsAreCut() throws Exception {
        Map<String, String> whole = content(read(stream(server.uri("/")), BODY));
        assertThat(whole).hasSize(5).containsEntry("tokens", "48").containsEntry("1 ends", "length");
        Random random = new Random(4);
        for (int round = 0; round < 12; round++) {
            List<Integer> cuts =
                    random.ints(1 + random.nextInt(6), 0, 3000).boxed().toList();
            try (CuttingProxy proxy = new CuttingProxy(server.port, cuts)) {
                assertThat(content(read(stream(proxy.address()), BODY))).isEqualTo(whole);
                assertThat(proxy.connections()).isGreaterThan(1);
            }
        }
    }

    @Test
    void goesToTheNextReplica() throws Exception {
        String body = BODY.replace("\"n\":2", "\"n\":1");
        List<String> chunks = new ArrayList<>();
        String key = "none";
        int nobody;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = socket.getLocalPort();
        }
        URI first = URI.create("http://127.0.0.1:" + nobody);
        URI second = server.uri("/");
        CompletionStream stream = CompletionStream.of(HttpClient.newHttpClient(), List.of(first, second));
        stream.read("/v1/completions", body, List.of("Authorization", "Bearer " + key), chunks::add);
        assertThat(content(chunks)).containsEntry("tokens", "24");
    }

    /** A replica that takes the request and says nothing. */
    @Test
    void doesNotWaitForEver() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            URI address = URI.create("http://127.0.0.1:" + silent.getLocalPort());
            CompletionStream impatient =
                    CompletionStream.of(client, List.of(address)).patience(Duration.ofMillis(20), PAUSE);
            assertThatThrownBy(() -> read(impatient, BODY)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void tellsWhatNoReplicaWillDo() {
        assertThatThrownBy(() -> read(stream(server.uri("/")), "{\"prompt\":5}"))
                .isInstanceOfSatisfying(RefusedAnswerException.class, refused -> {
                    assertThat(refused.status()).isEqualTo(400);
                    assertThat(refused.body()).contains("\"error\"");
                });
    }

    /** Before the first event it is a 504, behind it an event of the stream; the service says of both that another try is for nothing. */
    @ParameterizedTest
    @ValueSource(strings = {"0.001", "0.5"})
    void doesNotRepeatARequestWhoseDeadlinePassed(String timeout) throws Exception {
        String body =
                "{\"prompt\":\"Once\",\"max_tokens\":2000,\"n\":16,\"ignore_eos\":true,\"stream\":true,\"timeout\":"
                        + timeout + "}";
        try (CuttingProxy proxy = new CuttingProxy(server.port, List.of())) {
            assertThatThrownBy(() -> read(stream(proxy.address()), body))
                    .isInstanceOfSatisfying(
                            RefusedAnswerException.class,
                            refused -> assertThat(refused.body()).contains("\"code\":\"timeout\""));
            assertThat(proxy.connections()).isEqualTo(1);
        }
    }

    /** What each status, with these headers, makes it do. */
    @ParameterizedTest
    @CsvSource({
        "500, false, internal_error, 1",
        "503, false, model_failed, 1",
        "409, false, answer_differs, 1",
        "409, false, other_fingerprint, 2",
        "503, true, stopping, 2",
        "502, , , 2"
    })
    void repeatsWhatMayPass(int status, @Nullable String retry, @Nullable String code, int requests) throws Exception {
        AtomicInteger asked = new AtomicInteger();
        HttpServer refusing = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        refusing.createContext("/", exchange -> {
            asked.incrementAndGet();
            if (retry != null) {
                exchange.getResponseHeaders().add("x-should-retry", retry);
            }
            byte[] error = ("{\"error\":{\"code\":\"" + code + "\"}}").getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(asked.get() == 1 ? status : 400, error.length);
            exchange.getResponseBody().write(error);
            exchange.close();
        });
        refusing.start();
        try {
            URI address = URI.create("http://127.0.0.1:" + refusing.getAddress().getPort());
            assertThatThrownBy(() -> read(stream(address), BODY)).isInstanceOf(RefusedAnswerException.class);
            assertThat(asked).hasValue(requests);
        } finally {
            refusing.stop(0);
        }
    }

    /** The replica that wants to be left alone for a second is asked again after that second. */
    @Test
    void waitsAsLongAsItIsAskedTo() throws Exception {
        List<Long> asked = Collections.synchronizedList(new ArrayList<>());
        HttpServer busy = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        busy.createContext("/", exchange -> {
            asked.add(System.nanoTime());
            exchange.getResponseHeaders().add("Retry-After", "1");
            exchange.sendResponseHeaders(asked.size() == 1 ? 503 : 400, -1);
            exchange.close();
        });
        busy.start();
        try {
            URI address = URI.create("http://127.0.0.1:" + busy.getAddress().getPort());
            assertThatThrownBy(() -> read(stream(address), BODY)).isInstanceOf(RefusedAnswerException.class);
            assertThat(asked.get(1) - asked.get(0)).isGreaterThan(900_000_000L);
        } finally {
            busy.stop(0);
        }
    }

    @Test
    void givesUpWhereNothingEverComes() throws Exception {
        Integer[] always = new Integer[100];
        Arrays.fill(always, 0);
        try (CuttingProxy proxy = new CuttingProxy(server.port, List.of(always))) {
            assertThatThrownBy(() -> read(stream(proxy.address()), BODY)).isInstanceOf(IOException.class);
            assertThat(proxy.connections()).isBetween(8, 99);
        }
    }
}
