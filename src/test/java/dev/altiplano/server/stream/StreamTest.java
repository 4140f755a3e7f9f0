package dev.altiplano.server.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.server.TestServer;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** How streams look on the wire, and what becomes of requests whose client leaves, half closes or does not read. */
class StreamTest {

    /** Runs for far longer than any test waits. */
    private static final String LONG = "{\"prompt\":\"Once\",\"max_tokens\":2000,\"n\":16,\"ignore_eos\":true";

    private final TestServer server = TestServer.shared();

    @AfterEach
    void nothingIsLeft() {
        server.awaitIdle();
    }

    @Test
    void framesEventsAsClientsReadThem() throws IOException {
        try (Socket socket = server.raw(TestServer.rawCompletion(
                "{\"prompt\":\"Once\",\"max_tokens\":3,\"ignore_eos\":true,\"temperature\":0,\"stream\":true}"))) {
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            assertThat(lines.readLine()).startsWith("HTTP/1.1 200");
            List<String> headers = new ArrayList<>();
            for (String line = lines.readLine(); !line.isEmpty(); line = lines.readLine()) {
                headers.add(line.toLowerCase(Locale.ROOT));
            }
            assertThat(headers)
                    .contains(
                            "content-type: text/event-stream;charset=utf-8",
                            "cache-control: no-cache",
                            "x-accel-buffering: no");
            StringBuilder body = new StringBuilder();
            for (String line = lines.readLine(); !line.equals("data: [DONE]"); line = lines.readLine()) {
                body.append(line).append('\n');
            }
            assertThat(body.toString()).contains("data: {\"id\":\"cmpl-").doesNotContain("\"error\"");
        }
    }

    @Test
    void keepsTheConnectionForTheNextRequest() throws IOException {
        String request =
                TestServer.rawCompletion("{\"prompt\":\"Once\",\"max_tokens\":40,\"ignore_eos\":true,\"n\":4}");
        // Both at once: the second one's bytes lie in the connection while the first one is looked after.
        try (Socket socket = server.raw(request + request)) {
            for (int i = 0; i < 2; i++) {
                assertThat(readAnswer(socket.getInputStream())).contains("\"index\":3");
            }
        }
    }

    @Test
    void refusesBeforeTheStreamWithARealStatus() {
        HttpResponse<String> response =
                server.post("/v1/completions", "{\"prompt\":\"Once\",\"max_tokens\":5000,\"stream\":true}");
        TestServer.error(response, 400);
    }

    @Test
    void endsAtTheDeadlineWithAnErrorEvent() {
        List<JsonNode> events = server.stream(LONG + ",\"stream\":true,\"timeout\":2}");
        JsonNode error = events.getLast().get("error");
        assertThat(error.get("code").asString()).isEqualTo("timeout");
        assertThat(events.size()).isGreaterThan(1);
    }

    @Test
    void endsAtTheDeadlineWithAStatusWhereNothingWasSent() {
        HttpResponse<String> response = server.post("/v1/completions", LONG + "}", "X-Request-Timeout", "0.3");
        assertThat(TestServer.error(response, 504).get("code").asString()).isEqualTo("timeout");
        assertThat(response.headers().firstValue("x-should-retry")).hasValue("false");
    }

    @Test
    void theShorterDeadlineCounts() {
        HttpResponse<String> response =
                server.post("/v1/completions", LONG + ",\"timeout\":3000}", "X-Request-Timeout", "0.3");
        TestServer.error(response, 504);
    }

    @Test
    void cancelsAStreamWhoseClientLeaves() throws IOException {
        double before = server.metric("altiplano_requests_total{outcome=\"cancelled\"}");
        try (Socket socket = server.raw(TestServer.rawCompletion(LONG + ",\"stream\":true}"))) {
            readSome(socket);
        }
        cancelledSince(before);
    }

    @Test
    void cancelsAnAnswerInOnePieceWhoseClientLeaves() throws IOException {
        double before = server.metric("altiplano_requests_total{outcome=\"cancelled\"}");
        try (Socket socket = server.raw(TestServer.rawCompletion(LONG + "}"))) {
            Awaitility.await().until(() -> server.stats().requestsRunning() > 0);
        }
        cancelledSince(before);
    }

    @Test
    void takesAHalfClosedConnectionForALeftOne() throws IOException {
        double before = server.metric("altiplano_requests_total{outcome=\"cancelled\"}");
        try (Socket socket = server.raw(TestServer.rawCompletion(LONG + "}"))) {
            Awaitility.await().until(() -> server.stats().requestsRunning() > 0);
            socket.shutdownOutput();
            cancelledSince(before);
        }
    }

    @Test
    void cutsOffAClientThatDoesNotRead() throws IOException {
        double before = server.metric("altiplano_requests_total{outcome=\"cancelled\"}");
        String request =
                "{\"prompt\":\"Once\",\"max_tokens\":2000,\"n\":16,\"ignore_eos\":true,\"logprobs\":5,\"stream\":true}";
        try (Socket socket = server.raw(TestServer.rawCompletion(request))) {
            cancelledSince(before);
            assertThat(rest(socket)).startsWith("HTTP/1.1 200").doesNotContain("[DONE]");
        }
    }

    @Test
    void cancelsAnywhereAndLeavesNothing() throws Exception {
        Random random = new Random(5);
        int requests = 60;
        List<Thread> clients = new ArrayList<>();
        double before = ended();
        for (int i = 0; i < requests; i++) {
            boolean stream = random.nextBoolean();
            int stayMillis = random.nextInt(150);
            clients.add(Thread.ofVirtual().start(() -> {
                try (Socket socket = server.raw(TestServer.rawCompletion(LONG + ",\"stream\":" + stream + "}"))) {
                    Thread.sleep(stayMillis);
                } catch (IOException | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }));
        }
        for (Thread client : clients) {
            client.join();
        }
        server.awaitIdle();
        Awaitility.await().untilAsserted(() -> assertThat(ended() - before).isEqualTo(requests));
    }

    @Test
    void sendsHeartbeatsWhileARequestWaits() throws IOException {
        // Fills every place for sequences, so that the next one waits.
        List<Socket> others = new ArrayList<>();
        try {
            for (int i = 0; i < 4; i++) {
                others.add(server.raw(TestServer.rawCompletion(LONG + "}")));
            }
            Awaitility.await().until(() -> server.stats().requestsRunning() > 0);
            try (Socket socket = server.raw(TestServer.rawCompletion("{\"prompt\":\"Once\",\"stream\":true}"))) {
                BufferedReader lines =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
                assertThat(lines.readLine()).startsWith("HTTP/1.1 200");
                String line = lines.readLine();
                while (!line.startsWith(":")) {
                    assertThat(line).doesNotStartWith("data:");
                    line = lines.readLine();
                }
            }
        } finally {
            for (Socket other : others) {
                other.close();
            }
        }
    }

    private double ended() {
        double sum = 0;
        for (String outcome : List.of("stop", "length", "cancelled", "timeout", "rejected", "error")) {
            sum += server.metric("altiplano_requests_total{outcome=\"" + outcome + "\"}");
        }
        return sum;
    }

    private void cancelledSince(double before) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(8))
                .untilAsserted(() -> assertThat(server.metric("altiplano_requests_total{outcome=\"cancelled\"}"))
                        .isEqualTo(before + 1));
    }

    /** What comes until the service closes the connection; fails where it does not. */
    private static String rest(Socket socket) throws IOException {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        try {
            socket.getInputStream().transferTo(read);
        } catch (SocketException e) {
            // It was reset.
        }
        return read.toString(StandardCharsets.UTF_8);
    }

    private static void readSome(Socket socket) throws IOException {
        assertThat(socket.getInputStream().readNBytes(300)).hasSize(300);
    }

    /** An answer with a Content-Length. */
    private static String readAnswer(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            int b = in.read();
            assertThat(b).as(head.toString()).isNotNegative();
            head.append((char) b);
        }
        String lower = head.toString().toLowerCase(Locale.ROOT);
        int at = lower.indexOf("content-length: ") + "content-length: ".length();
        int length = Integer.parseInt(lower.substring(at, lower.indexOf('\r', at)));
        return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }
}
