package dev.altiplano.server.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.EngineStats;
import dev.altiplano.engine.SpeculationStats;
import dev.altiplano.server.OpenApi;
import dev.altiplano.server.TestServer;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.health.contributor.Status;
import tools.jackson.databind.JsonNode;

/** Health, metrics and info, under their own names and under those that tools expect. */
class OperationsTest {

    private final TestServer server = TestServer.shared();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/actuator/health",
                "/actuator/health/liveness",
                "/actuator/health/readiness",
                "/health",
                "/health/liveness",
                "/health/readiness",
                "/livez",
                "/readyz"
            })
    void isHealthy(String path) {
        HttpResponse<String> response = server.get(path);
        assertThat(response.statusCode()).isEqualTo(200);
        OpenApi.check("Health", response.body());
        assertThat(response.body()).contains("\"UP\"");
    }

    @Test
    void isAliveUnlessStuckWithWorkToDo() {
        assertThat(status(300, true)).isEqualTo(Status.DOWN);
        assertThat(status(300, false)).isEqualTo(Status.UP);
        assertThat(status(59, true)).isEqualTo(Status.UP);
    }

    private static Status status(double secondsSinceStep, boolean workPending) {
        EngineStats stats = new EngineStats(
                9,
                9,
                9,
                9,
                9,
                9,
                9,
                9,
                9,
                9,
                9,
                SpeculationStats.NONE,
                SpeculationStats.NONE,
                9,
                secondsSinceStep,
                workPending);
        return EngineHealthIndicator.of(stats, Duration.ofMinutes(1)).getStatus();
    }

    @Test
    void exportsItsMetricsUnderBothPaths() {
        server.complete("{\"prompt\":\"Once\",\"max_tokens\":3,\"ignore_eos\":true}");
        for (String path : List.of("/metrics", "/actuator/prometheus")) {
            HttpResponse<String> response = server.get(path);
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().firstValue("content-type").orElseThrow())
                    .startsWith("text/plain");
            assertThat(names(response.body()))
                    .contains(
                            "altiplano_requests_waiting",
                            "altiplano_requests_running",
                            "altiplano_request_queue_seconds_bucket",
                            "altiplano_time_to_first_token_seconds_bucket",
                            "altiplano_inter_token_latency_seconds_bucket",
                            "altiplano_request_duration_seconds_bucket",
                            "altiplano_step_rows_bucket",
                            "altiplano_step_duration_seconds_bucket",
                            "altiplano_prompt_tokens_total",
                            "altiplano_cached_tokens_total",
                            "altiplano_generated_tokens_total",
                            "altiplano_speculation_drafts_total",
                            "altiplano_speculation_drafted_tokens_total",
                            "altiplano_speculation_accepted_tokens_total",
                            "altiplano_speculation_seconds_total",
                            "altiplano_kv_usage_ratio",
                            "altiplano_kv_blocks",
                            "altiplano_kv_blocks_used",
                            "altiplano_preemptions_total",
                            "altiplano_cache_file_active",
                            "altiplano_cache_file_hits_total",
                            "altiplano_cache_file_errors_total",
                            "altiplano_requests_total",
                            "altiplano_load_phase",
                            "altiplano_energy_told",
                            "vllm:num_requests_waiting",
                            "vllm:num_requests_running",
                            "vllm:kv_cache_usage_perc",
                            "vllm:cache_config_info");
        }
        assertThat(server.metric("altiplano_load_phase{phase=\"ready\"}")).isEqualTo(1);
        assertThat(server.metric("altiplano_speculation_drafts_total{source=\"model\"}"))
                .isZero();
    }

    /** What panels and gateways ask for that were made for vLLM. */
    @Test
    void hasTheNamesThatPublicDashboardsRead() {
        assertThat(server.get("/metrics")
                        .body()
                        .lines()
                        .filter(line -> line.startsWith("# TYPE vllm:"))
                        .map(line -> line.split(" ")[2].substring("vllm:".length())))
                .contains(
                        "time_to_first_token_seconds",
                        "inter_token_latency_seconds",
                        "e2e_request_latency_seconds",
                        "request_queue_time_seconds",
                        "request_prompt_tokens",
                        "request_generation_tokens",
                        "request_success_total",
                        "prompt_tokens_total",
                        "generation_tokens_total",
                        "request_prefill_time_seconds",
                        "request_decode_time_seconds",
                        "request_params_max_tokens",
                        "iteration_tokens_total",
                        "prefix_cache_queries_total",
                        "prefix_cache_hits_total",
                        "lora_requests_info");
    }

    /** Each row of each step, as the service's own histogram has them. */
    @Test
    void countsTheTokensOfSteps() {
        String series = "vllm:iteration_tokens_total_sum{model_name=\"altiplano-demo\"}";
        double before = server.metric(series);
        server.complete("{\"prompt\":[1,2,3],\"max_tokens\":4,\"ignore_eos\":true}");
        Awaitility.await().untilAsserted(() -> assertThat(server.metric(series)).isGreaterThanOrEqualTo(before + 6));
    }

    @Test
    void explainsEveryMetricOfItsOwn() {
        String page = server.get("/actuator/prometheus").body();
        Set<String> families = new TreeSet<>();
        Set<String> helped = new HashSet<>();
        for (String line : page.split("\n")) {
            if (line.startsWith("# TYPE altiplano_") || line.startsWith("# TYPE vllm:")) {
                families.add(line.split(" ")[2]);
            } else if (line.startsWith("# HELP ")) {
                String[] parts = line.split(" ", 4);
                assertThat(parts).hasSize(4);
                helped.add(parts[2]);
            }
        }
        assertThat(families).hasSizeGreaterThan(25);
        assertThat(helped).containsAll(families);
    }

    @Test
    void countsEveryRequestExactlyOnce() {
        double length = outcome("length");
        double rejected = outcome("rejected");
        double generated = server.metric("altiplano_generated_tokens_total");
        double first = server.metric("altiplano_time_to_first_token_seconds_count");
        server.complete("{\"prompt\":\"Once\",\"max_tokens\":7,\"n\":2,\"ignore_eos\":true}");
        server.post("/v1/completions", "{\"prompt\":5}");
        server.post("/v1/completions", "{\"prompt\":\"a\",\"max_tokens\":100000}");
        server.post("/v1/completions", "{\"prompt\":\"a\",\"model\":\"x\"}");
        Awaitility.await().untilAsserted(() -> {
            assertThat(outcome("length")).isEqualTo(length + 1);
            assertThat(outcome("rejected")).isEqualTo(rejected + 3);
            assertThat(server.metric("altiplano_generated_tokens_total")).isEqualTo(generated + 14);
            assertThat(server.metric("altiplano_time_to_first_token_seconds_count"))
                    .isEqualTo(first + 2);
        });
        server.awaitIdle();
    }

    @Test
    void tellsWhatComputes() {
        JsonNode info = TestServer.JSON.readTree(server.get("/actuator/info").body());
        assertThat(info.get("model").get("id").asString()).isEqualTo("altiplano-demo");
        assertThat(info.get("model").get("parameters").asLong()).isPositive();
        assertThat(info.get("backend").get("name").asString()).isNotEmpty();
        assertThat(info.get("version").asString()).isNotEmpty();
        assertThat(info.get("errors").isArray()).isTrue();
        String fingerprint = info.get("model").get("fingerprint").asString();
        assertThat(server.complete("{\"prompt\":\"a\",\"max_tokens\":0}")
                        .get("system_fingerprint")
                        .asString())
                .isEqualTo(fingerprint);
        assertThat(server.get("/metrics").body())
                .containsPattern("altiplano_info\\{.*fingerprint=\"" + fingerprint + "\".*} 1");
    }

    @Test
    void passesTheRequestsIdOnAndCleansIt() {
        assertThat(id("abc-123")).isEqualTo("abc-123");
        assertThat(id("a b\"c<d>é")).isEqualTo("abcd");
        assertThat(id("x".repeat(500))).hasSize(128);
        assertThat(id("\"\"")).matches("req_[0-9a-f]{32}");
        assertThat(server.get("/v1/models").headers().firstValue("x-request-id").orElseThrow())
                .matches("req_[0-9a-f]{32}");
    }

    private String id(String given) {
        return server.get("/v1/models", "X-Request-Id", given)
                .headers()
                .firstValue("x-request-id")
                .orElseThrow();
    }

    private double outcome(String name) {
        return server.metric("altiplano_requests_total{outcome=\"" + name + "\"}");
    }

    private static Set<String> names(String page) {
        Set<String> names = new HashSet<>();
        for (String line : page.split("\n")) {
            if (!line.startsWith("#")) {
                names.add(line.split("[ {]")[0]);
            }
        }
        return names;
    }
}
