package dev.altiplano.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.server.ServiceProcess;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service whose heap is small, and clients that send it all the text that it allows: some are told to come again, none exhausts it. */
class SmallHeapTest {

    private static final int CLIENTS = 10;

    private final HttpClient client = HttpClient.newHttpClient();

    @TempDir
    private Path folder;

    @Test
    void longTextsExhaustNothing() throws Exception {
        String letters = "{\"prompt\":\"" + "a".repeat((4 << 20) - 100) + "\"}";
        String words = "{\"prompt\":\"" + "ab é ".repeat((4 << 20) / 6 - 100) + "\"}";
        try (ServiceProcess service = ServiceProcess.withJava(List.of("-Xmx160m", "-XX:+UseSerialGC"), folder)) {
            Queue<Integer> statuses = new ConcurrentLinkedQueue<>();
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                String path = i % 2 == 0 ? "/tokenize" : "/v1/completions";
                String body = i % 3 == 0 ? letters : words;
                clients.add(Thread.ofVirtual()
                        .start(() -> statuses.add(post(service, path, body).statusCode())));
            }
            for (Thread each : clients) {
                each.join();
            }
            assertThat(statuses).hasSize(CLIENTS).isSubsetOf(200, 400, 503).contains(200);
            HttpResponse<String> next = post(service, "/v1/completions", "{\"prompt\":\"Once\",\"max_tokens\":2}");
            assertThat(next.statusCode()).as(next.body()).isEqualTo(200);
            assertThat(service.log()).doesNotContain("OutOfMemoryError");
        } finally {
            client.close();
        }
    }

    private HttpResponse<String> post(ServiceProcess service, String path, String json) {
        try {
            return client.send(
                    HttpRequest.newBuilder(service.uri(path))
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(json))
                            .build(),
                    HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalStateException(service.log(), e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
