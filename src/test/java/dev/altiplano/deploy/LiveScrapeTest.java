package dev.altiplano.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.server.TestServer;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** What dashboards, rules and autoscalers ask for is there, in a service that runs. */
class LiveScrapeTest {
    private final HttpClient client = HttpClient.newHttpClient();
    private final TestServer server = TestServer.shared();

    @BeforeEach
    void someWork() {
        // So that there is a pause to show.
        System.gc();
        for (int i = 0; i < 3; i++) {
            server.complete("{\"prompt\":\"Once upon a time\",\"max_tokens\":4}");
        }
    }

    @Test
    void everyMetricThatAnythingAsksForExists() throws Exception {
        Set<String> asked = new TreeSet<>();
        Dashboard.queries().forEach(query -> asked.addAll(Dashboard.metrics(query)));
        Tree.leaves(rules(), "", (path, value) -> {
            if (path.endsWith("/expr")) {
                asked.addAll(Dashboard.metrics(value.toString()));
            }
        });
        String keda = "autoscaling: {keda: {enabled: true, prometheusAddress: \"http://prometheus\"}}";
        asked.addAll(Dashboard.metrics(Tree.text(
                Chart.only(Chart.objects(Chart.render(keda)), "ScaledObject"), "spec.triggers.0.metadata.query")));
        assertThat(asked).hasSizeGreaterThan(20);
        assertThat(names(server.get("/metrics").body())).containsAll(asked);
    }

    @Test
    void everyObjectiveThatTheChartAllowsIsABucket() throws Exception {
        String page = server.get("/metrics").body();
        Map<?, ?> schema =
                JsonMapper.shared().readValue(Files.readString(Chart.FOLDER.resolve("values.schema.json")), Map.class);
        Object allowed =
                Tree.at(schema, "properties.monitoring.properties.prometheusRule.properties.ttftObjectiveSeconds.enum");
        for (Object seconds : (List<?>) allowed) {
            assertThat(page).contains("altiplano_time_to_first_token_seconds_bucket{le=\"" + seconds + "\"}");
        }
    }

    @Test
    @Tag("needs-promtool")
    void promtoolAcceptsOurMetrics(@TempDir Path folder) throws Exception {
        Path ours = folder.resolve("metrics.txt");
        String lines = server.get("/metrics")
                .body()
                .lines()
                .filter(line -> line.matches("(# (HELP|TYPE) )?altiplano_.*"))
                .collect(Collectors.joining("\n", "", "\n"));
        Files.writeString(ours, lines);
        assertThat(Command.run("bash", "-c", "promtool check metrics < " + ours))
                .isEmpty();
    }

    @Test
    @Tag("needs-promtool")
    void prometheusScrapesItAndAnswersEveryQuery(@TempDir Path folder) throws Exception {
        int prometheus = freePort();
        Files.copy(Chart.FOLDER.resolve("files/altiplano.rules.yaml"), folder.resolve("altiplano.rules.yaml"));
        String settings = Files.readString(Path.of("docker/prometheus.yaml"))
                .replace("altiplano:8080", "127.0.0.1:" + server.port)
                .replace("scrape_interval: 5s", "scrape_interval: 200ms");
        Files.writeString(folder.resolve("prometheus.yaml"), settings);
        Process process = new ProcessBuilder(
                        "prometheus",
                        "--config.file=" + folder.resolve("prometheus.yaml"),
                        "--storage.tsdb.path=" + folder.resolve("data"),
                        "--web.listen-address=127.0.0.1:" + prometheus,
                        "--log.level=error")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        try {
            String up = "sum(altiplano_load_phase{phase=\"ready\",job=\"altiplano\"})";
            await("Prometheus has scraped", () -> result(prometheus, up).contains("\"1\""));
            await(
                    "twice",
                    () -> !result(prometheus, "rate(altiplano_steps_total[10s])")
                            .contains("\"result\":[]"));
            List<String> silent = new ArrayList<>();
            for (String query : Dashboard.queries()) {
                String answer = result(prometheus, query);
                assertThat(answer).as(query).contains("\"status\":\"success\"");
                if (answer.contains("\"result\":[]")) {
                    silent.add(query);
                }
            }
            assertThat(silent).as("queries that match nothing").isEmpty();
        } finally {
            process.destroy();
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static Map<String, Object> rules() {
        return Chart.Values.of(Chart.FOLDER.resolve("files/altiplano.rules.yaml"))
                .tree();
    }

    private static Set<String> names(String page) {
        return page.lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split("[{ ]")[0])
                .collect(Collectors.toSet());
    }

    /** Prometheus' answer; empty as long as it does not listen. */
    private String result(int prometheus, String query) {
        URI uri = URI.create("http://127.0.0.1:" + prometheus + "/api/v1/query?query="
                + URLEncoder.encode(query, StandardCharsets.UTF_8));
        try {
            return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited too long until: %s", what).isLessThan(deadline);
            Thread.sleep(20);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
