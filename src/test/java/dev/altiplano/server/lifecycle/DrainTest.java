package dev.altiplano.server.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.server.ServiceProcess;
import dev.altiplano.server.TestServer;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * A process with 32 streams, most of them waiting, gets SIGTERM: none is lost. Counted by the clients, by the metrics while the
 * service drains, and by the lines of its log.
 */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class DrainTest {

    private static final int STREAMS = 32;
    private static final int EXIT_BY_SIGTERM = 128 + 15;
    private static final String SHORT = "{\"prompt\":\"Once\",\"max_tokens\":400,\"ignore_eos\":true,\"stream\":true}";
    /** More tokens than a minute computes: 256 sequences of nearly the whole context. */
    private static final String ENDLESS =
            "{\"prompt\":" + sixteenPrompts() + ",\"n\":16,\"max_tokens\":2000,\"ignore_eos\":true,\"stream\":true}";

    @TempDir
    private Path folder;

    private final HttpClient client = HttpClient.newHttpClient();

    private static String sixteenPrompts() {
        return "[" + "\"Once\",".repeat(15) + "\"Once\"]";
    }

    @Test
    void everyAcceptedStreamEndsNormallyWhereTheDeadlineAllowsIt() throws Exception {
        try (ServiceProcess service = new ServiceProcess(
                folder, "--altiplano.engine.max-sequences=2", "--spring.lifecycle.timeout-per-shutdown-phase=10m")) {
            List<CompletableFuture<HttpResponse<String>>> streams = ask(service, SHORT);
            awaitAccepted(service, STREAMS);
            // One more, behind them, that goes on until its client leaves: it keeps the process up until all has been
            // counted.
            CompletableFuture<HttpResponse<Void>> last =
                    client.sendAsync(completion(service, ENDLESS).build(), HttpResponse.BodyHandlers.discarding());
            String before = awaitAccepted(service, STREAMS + 1);
            assertThat(value(before, "altiplano_requests_waiting")).isPositive();
            service.terminate();
            awaitLog(service, "Stopping: new requests are refused");

            HttpResponse<String> late =
                    client.send(completion(service, SHORT).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(TestServer.error(late, 503).get("code").asString()).isEqualTo("stopping");

            for (CompletableFuture<HttpResponse<String>> stream : streams) {
                HttpResponse<String> answer = stream.get();
                assertThat(answer.statusCode()).isEqualTo(200);
                List<JsonNode> events = TestServer.events(answer.body());
                assertThat(events).noneMatch(event -> event.has("error"));
                assertThat(events.getLast().at("/choices/0/finish_reason").asString())
                        .isEqualTo("length");
            }
            Awaitility.await("the metrics agree").atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                String page = service.metrics();
                assertThat(count(page, "length")).isEqualTo(STREAMS);
                assertThat(count(page, "rejected")).isEqualTo(1);
                assertThat(count(page, "error") + count(page, "timeout") + count(page, "cancelled"))
                        .isZero();
                assertThat(value(page, "altiplano_requests_waiting")).isZero();
                assertThat(value(page, "altiplano_requests_running")).isEqualTo(1);
            });

            last.cancel(true);
            assertThat(service.exit(Duration.ofMinutes(1))).isEqualTo(EXIT_BY_SIGTERM);
            assertThat(lines(service, "length")).isEqualTo(STREAMS);
            assertThat(lines(service, "cancelled")).isEqualTo(1);
            assertThat(lines(service, "rejected")).isEqualTo(1);
            assertThat(lines(service, "[a-z]+")).isEqualTo(STREAMS + 2);
            assertThat(service.log()).contains("everything accepted has been answered");
        }
    }

    @Test
    void everyAcceptedStreamIsToldWhereTheDeadlinePasses() throws Exception {
        try (ServiceProcess service = new ServiceProcess(
                folder,
                "--altiplano.engine.max-sequences=4",
                "--altiplano.api.heartbeat=200ms",
                "--spring.lifecycle.timeout-per-shutdown-phase=3s")) {
            List<CompletableFuture<HttpResponse<String>>> streams = ask(service, ENDLESS);
            awaitAccepted(service, STREAMS);
            service.terminate();
            int toldInStream = 0;
            for (CompletableFuture<HttpResponse<String>> stream : streams) {
                HttpResponse<String> answer = stream.get();
                JsonNode error;
                if (answer.statusCode() == 200) {
                    toldInStream++;
                    error = TestServer.events(answer.body()).getLast().get("error");
                } else {
                    error = TestServer.error(answer, 503);
                }
                assertThat(error).as(answer.body()).isNotNull();
                assertThat(error.get("code").asString()).isEqualTo("stopping");
            }
            assertThat(toldInStream).as("streams that had begun").isPositive();
            assertThat(service.exit(Duration.ofMinutes(1))).isEqualTo(EXIT_BY_SIGTERM);
            assertThat(lines(service, "error")).isEqualTo(STREAMS);
            assertThat(lines(service, "[a-z]+")).isEqualTo(STREAMS);
            assertThat(service.log()).contains("did not end in time and are told so");
        }
    }

    private List<CompletableFuture<HttpResponse<String>>> ask(ServiceProcess service, String json) {
        List<CompletableFuture<HttpResponse<String>>> streams = new ArrayList<>();
        for (int i = 0; i < STREAMS; i++) {
            streams.add(client.sendAsync(
                    completion(service, json).build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8)));
        }
        return streams;
    }

    private static HttpRequest.Builder completion(ServiceProcess service, String json) {
        return HttpRequest.newBuilder(service.uri("/v1/completions"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json));
    }

    /** Waits until the service has taken all of them, ended ones included; returns its metrics. */
    private static String awaitAccepted(ServiceProcess service, int requests) {
        return Awaitility.await("accepted")
                .atMost(Duration.ofMinutes(1))
                .until(
                        service::metrics,
                        page -> value(page, "altiplano_requests_waiting")
                                        + value(page, "altiplano_requests_running")
                                        + count(page, "length")
                                == requests);
    }

    private static void awaitLog(ServiceProcess service, String text) {
        Awaitility.await(text)
                .atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> service.log().contains(text));
    }

    private static double count(String page, String outcome) {
        return value(page, "altiplano_requests_total{outcome=\"" + outcome + "\"}");
    }

    private static double value(String page, String series) {
        return page.lines()
                .filter(line -> line.startsWith(series + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
                .sum();
    }

    /** Lines of the log that tell of such an outcome. */
    private static long lines(ServiceProcess service, String outcome) {
        return service.log()
                .lines()
                .filter(line -> line.matches(".* request id=cmpl-.* outcome=" + outcome + " .*"))
                .count();
    }
}
