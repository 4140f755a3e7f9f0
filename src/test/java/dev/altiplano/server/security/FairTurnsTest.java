package dev.altiplano.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.server.TestServer;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One sequence at a time, and more requests than that: whose turn it is. */
class FairTurnsTest {

    private static final int MANY = 101;
    private static final String ANSWER = "{\"prompt\":\"Once\",\"max_tokens\":300,\"ignore_eos\":true}";

    @TempDir
    private Path folder;

    /** Its first token comes when the request that runs has ended, before another of the hundred begins. */
    @Test
    void aKeyWithManyRequestsDelaysAnotherByLessThanOneRequest() throws Exception {
        Path keys =
                Files.writeString(folder.resolve("keys"), "many many-0123456789abcdef\nother other-0123456789abcdef\n");
        try (TestServer server = TestServer.ready(
                "--altiplano.api.keys-file=" + keys,
                "--altiplano.engine.max-sequences=1",
                "--altiplano.queue.capacity=200")) {
            List<Socket> many = new ArrayList<>();
            try {
                for (int i = 0; i < MANY; i++) {
                    many.add(server.raw(TestServer.rawCompletion(ANSWER)
                            .replace(
                                    "Host: localhost",
                                    "Host: localhost\r\nAuthorization: Bearer many-0123456789abcdef")));
                }
                Awaitility.await()
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> server.stats().requestsWaiting()
                                        + server.stats().requestsRunning()
                                        + server.metric("altiplano_requests_total{outcome=\"length\"}")
                                >= MANY);
                assertThat(server.stats().requestsWaiting()).isGreaterThan(MANY / 2);
                // Just after one of them has begun, so that none ends between looking and asking.
                int before = server.stats().requestsWaiting();
                Awaitility.await()
                        .atMost(Duration.ofSeconds(30))
                        .pollInterval(Duration.ofMillis(1))
                        .until(() -> server.stats().requestsWaiting() < before);
                int waiting = server.stats().requestsWaiting();
                assertThat(server.post(
                                        "/v1/completions",
                                        "{\"prompt\":\"Once\",\"max_tokens\":1,\"ignore_eos\":true}",
                                        "Authorization",
                                        "Bearer other-0123456789abcdef")
                                .statusCode())
                        .isEqualTo(200);
                assertThat(server.stats().requestsWaiting()).isGreaterThanOrEqualTo(waiting - 1);
            } finally {
                for (Socket socket : many) {
                    socket.close();
                }
            }
            server.awaitIdle();
        }
    }

    /** By turns it would be last, behind eight keys that asked before it. */
    @Test
    void aKeyOfHigherPriorityGoesFirst() throws Exception {
        List<String> usual = IntStream.range(0, 8).mapToObj(i -> "usual" + i).toList();
        Path keys = Files.write(
                folder.resolve("priorities"),
                Stream.concat(
                                usual.stream().map(key -> key + " " + key + "-0123456789abcdef"),
                                Stream.of("urgent urgent-0123456789abcdef priority=5"))
                        .toList());
        try (TestServer server =
                TestServer.ready("--altiplano.api.keys-file=" + keys, "--altiplano.engine.max-sequences=1")) {
            List<String> ended = new CopyOnWriteArrayList<>();
            List<CompletableFuture<Void>> asked = new ArrayList<>();
            for (String key : usual) {
                asked.add(ask(server, key, 600).thenRun(() -> ended.add(key)));
            }
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(1))
                    .until(() ->
                            server.stats().requestsWaiting() + server.stats().requestsRunning() + ended.size()
                                    >= usual.size());
            int before = ended.size();
            asked.add(ask(server, "urgent", 1).thenRun(() -> ended.add("urgent")));
            CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new)).get(120, TimeUnit.SECONDS);
            assertThat(ended).hasSize(usual.size() + 1);
            assertThat(ended.indexOf("urgent")).isLessThan(before + usual.size() / 2);
        }
    }

    private static CompletableFuture<HttpResponse<String>> ask(TestServer server, String key, int tokens) {
        return CompletableFuture.supplyAsync(
                () -> server.post(
                        "/v1/completions",
                        "{\"prompt\":\"Once\",\"max_tokens\":" + tokens + ",\"ignore_eos\":true}",
                        "Authorization",
                        "Bearer " + key + "-0123456789abcdef"),
                Thread::startVirtualThread);
    }
}
