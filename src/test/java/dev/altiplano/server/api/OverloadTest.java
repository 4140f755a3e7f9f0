package dev.altiplano.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.server.TestServer;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** More requests than there are places: every one is answered, refusals at once, and nothing is left behind. */
class OverloadTest {

    private static final int FLOOD = 500;
    private static final int CAPACITY = 16;

    @Test
    void answersEveryRequestOfAFlood() throws Exception {
        try (TestServer server = TestServer.ready(
                "--altiplano.queue.capacity=" + CAPACITY,
                "--altiplano.engine.max-sequences=4",
                "--logging.level.dev.altiplano.requests=off")) {
            Queue<HttpResponse<String>> answers = new ConcurrentLinkedQueue<>();
            CountDownLatch go = new CountDownLatch(1);
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < FLOOD; i++) {
                clients.add(Thread.ofVirtual().start(() -> {
                    try {
                        go.await();
                        answers.add(server.post(
                                "/v1/completions", "{\"prompt\":\"Once\",\"max_tokens\":50,\"ignore_eos\":true}"));
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                }));
            }
            go.countDown();
            for (Thread client : clients) {
                client.join();
            }
            assertThat(answers).hasSize(FLOOD);
            int completed = 0;
            for (HttpResponse<String> answer : answers) {
                if (answer.statusCode() == 200) {
                    completed++;
                } else {
                    refused(answer);
                }
            }
            assertThat(completed).isGreaterThanOrEqualTo(CAPACITY);
            server.awaitIdle();
            assertThat(server.metric("altiplano_requests_total{outcome=\"length\"}"))
                    .isEqualTo(completed);
            assertThat(server.metric("altiplano_requests_total{outcome=\"rejected\"}"))
                    .isEqualTo(FLOOD - completed);
        }
    }

    @Test
    void refusesAndReportsAtOnceWhileItComputes() throws Exception {
        try (TestServer server = TestServer.ready(
                "--altiplano.queue.capacity=" + CAPACITY,
                "--altiplano.engine.max-sequences=4",
                "--logging.level.dev.altiplano.requests=off")) {
            List<Socket> busy = new ArrayList<>();
            try {
                String request = TestServer.rawCompletion(
                        "{\"prompt\":\"Once\",\"max_tokens\":2000,\"ignore_eos\":true,\"n\":16}");
                for (int i = 0; i < CAPACITY + 4; i++) {
                    busy.add(server.raw(request));
                    Thread.sleep(5);
                }
                Awaitility.await()
                        .until(() -> server.stats().requestsWaiting() >= CAPACITY
                                && server.stats().requestsRunning() > 0);
                long[] refusals = new long[200];
                long[] pages = new long[200];
                for (int i = -50; i < 200; i++) {
                    long begin = System.nanoTime();
                    HttpResponse<String> answer = server.post("/v1/completions", "{\"prompt\":\"Once\"}");
                    long refused = System.nanoTime();
                    assertThat(server.get("/metrics").statusCode()).isEqualTo(200);
                    if (i >= 0) {
                        refused(answer);
                        refusals[i] = refused - begin;
                        pages[i] = System.nanoTime() - refused;
                    }
                }
                // Several times what a machine with nothing else to do needs; a few may fall into a pause of the
                // machine's.
                assertThat(medianMillis(refusals)).as("refusals, median in ms").isLessThan(250);
                assertThat(medianMillis(pages)).as("/metrics, median in ms").isLessThan(500);
            } finally {
                for (Socket socket : busy) {
                    socket.close();
                }
            }
            server.awaitIdle();
        }
    }

    @Test
    void refusesBeforeTheBodyHasComeAndCountsEachRefusalOnce() throws Exception {
        try (TestServer server =
                        TestServer.ready("--altiplano.queue.capacity=1", "--altiplano.engine.max-sequences=1");
                Busy busy = busy(server, "")) {
            String head = "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nx-request-id: abc\r\n"
                    + "Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n";
            for (int i = 1; i <= 3; i++) {
                try (Socket refused = server.raw(head)) {
                    byte[] answer = new byte[4096];
                    int length = refused.getInputStream().read(answer);
                    assertThat(new String(answer, 0, length, StandardCharsets.US_ASCII))
                            .startsWith("HTTP/1.1 429")
                            .containsIgnoringCase("\r\nx-request-id: abc\r\n")
                            .containsIgnoringCase("\r\nretry-after: ");
                }
                int refusals = i;
                Awaitility.await()
                        .until(() -> server.metric("altiplano_requests_total{outcome=\"rejected\"}") == refusals);
            }
            assertThat(server.get("/v1/completions").statusCode()).isEqualTo(405);
            assertThat(server.post("/tokenize", "{\"prompt\":\"Once\"}").statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void tellsNoStrangerThatItIsBusy(@TempDir Path folder) throws Exception {
        Path keys = Files.writeString(folder.resolve("keys"), "web 0123456789abcdef\n");
        try (TestServer server = TestServer.ready(
                        "--altiplano.queue.capacity=1",
                        "--altiplano.engine.max-sequences=1",
                        "--altiplano.api.keys-file=" + keys);
                Busy busy = busy(server, "Authorization: Bearer 0123456789abcdef\r\n")) {
            String one = "{\"prompt\":\"Once\"}";
            assertThat(TestServer.error(server.post("/v1/completions", one), 401)
                            .get("code")
                            .asString())
                    .isEqualTo("invalid_api_key");
            refused(server.post("/v1/completions", one, "Authorization", "Bearer 0123456789abcdef"));
        }
    }

    /** Two long requests: one runs, one waits, and there is room for no more. */
    private static Busy busy(TestServer server, String header) throws IOException {
        String request = TestServer.rawCompletion(
                        "{\"prompt\":\"Once\",\"max_tokens\":2000,\"ignore_eos\":true,\"n\":16}")
                .replace("Host: localhost\r\n", "Host: localhost\r\n" + header);
        Socket running = server.raw(request);
        Awaitility.await().until(() -> server.stats().requestsRunning() == 1);
        Socket waiting = server.raw(request);
        Awaitility.await().until(() -> server.stats().requestsWaiting() == 1);
        return new Busy(running, waiting);
    }

    /** Connections of requests that keep a service busy until they are closed. */
    private record Busy(Socket running, Socket waiting) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            running.close();
            waiting.close();
        }
    }

    @Test
    void refusesMorePromptTokensThanMayWait() throws Exception {
        try (TestServer server =
                TestServer.ready("--altiplano.queue.tokens=20", "--altiplano.engine.max-sequences=1")) {
            String prompt = "{\"prompt\":[" + "1,".repeat(11) + "1],\"max_tokens\":2000,\"ignore_eos\":true,\"n\":16}";
            try (Socket running = server.raw(TestServer.rawCompletion(prompt))) {
                Awaitility.await().until(() -> server.stats().requestsRunning() == 1);
                try (Socket waiting = server.raw(TestServer.rawCompletion(prompt))) {
                    Awaitility.await().until(() -> server.stats().queuedTokens() == 12);
                    JsonNode error = TestServer.error(server.post("/v1/completions", prompt), 429);
                    assertThat(error.get("code").asString()).isEqualTo("queue_tokens_full");
                }
            }
            server.awaitIdle();
        }
    }

    private static void refused(HttpResponse<String> answer) {
        JsonNode error = TestServer.error(answer, 429);
        assertThat(error.get("code").asString()).isEqualTo("queue_full");
        assertThat(answer.headers().firstValueAsLong("retry-after").orElseThrow())
                .isPositive();
        assertThat(answer.headers().firstValue("x-should-retry")).hasValue("true");
    }

    private static double medianMillis(long[] nanos) {
        Arrays.sort(nanos);
        return nanos[nanos.length / 2] / 1e6;
    }
}
