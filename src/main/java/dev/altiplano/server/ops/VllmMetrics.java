package dev.altiplano.server.ops;

import dev.altiplano.engine.Outcome;
import dev.altiplano.engine.RequestSummary;
import dev.altiplano.server.config.AltiplanoProperties;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Histogram;
import org.springframework.stereotype.Component;

/**
 * Histograms and counters of requests under the names and with the buckets that vLLM gave them: most public dashboards read those.
 * Recording is cheap; the engine thread does it.
 */
@Component
final class VllmMetrics {

    private static final double NANOS = 1e-9;
    private static final double[] FIRST_TOKEN_SECONDS = {
        .001, .005, .01, .02, .04, .06, .08, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640, 2560
    };
    private static final double[] TOKEN_SECONDS = {
        .01, .025, .05, .075, .1, .15, .2, .3, .4, .5, .75, 1, 2.5, 5, 7.5, 10, 20, 40, 80
    };
    private static final double[] REQUEST_SECONDS = {
        .3, .5, .8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680
    };
    private static final double[] TOKENS = {
        1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000
    };

    private static final double[] STEP_TOKENS = {1, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16_384};

    private final String modelId;
    private final PrometheusMeterRegistry registry;
    private final DistributionSummary firstToken;
    private final DistributionSummary nextToken;
    private final DistributionSummary whole;
    private final DistributionSummary queue;
    private final DistributionSummary prefill;
    private final DistributionSummary decode;
    private final DistributionSummary promptTokens;
    private final DistributionSummary completionTokens;
    private final DistributionSummary maxTokens;
    private final DistributionDataPoint stepTokens;
    private final Counter stopped;
    private final Counter cut;

    VllmMetrics(PrometheusMeterRegistry meters, AltiplanoProperties properties) {
        registry = meters;
        modelId = properties.model().servedId();
        firstToken =
                histogram("time_to_first_token_seconds", "Submission to a choice's first token", FIRST_TOKEN_SECONDS);
        nextToken = histogram("inter_token_latency_seconds", "Time between a choice's tokens", TOKEN_SECONDS);
        whole = histogram("e2e_request_latency_seconds", "Submission to the end", REQUEST_SECONDS);
        queue = histogram("request_queue_time_seconds", "Submission to the first step", REQUEST_SECONDS);
        prefill = histogram("request_prefill_time_seconds", "First step to first token", REQUEST_SECONDS);
        decode = histogram("request_decode_time_seconds", "First token to the end", REQUEST_SECONDS);
        promptTokens = histogram("request_prompt_tokens", "Prompt tokens of a request", TOKENS);
        completionTokens = histogram("request_generation_tokens", "Completion tokens of a request", TOKENS);
        maxTokens = histogram("request_params_max_tokens", "max_tokens of a request", TOKENS);
        // The name ends in _total, which Micrometer keeps for counters.
        stepTokens = Histogram.builder()
                .name("vllm:iteration_tokens_total")
                .help("Token rows in one step")
                .classicOnly()
                .classicUpperBounds(STEP_TOKENS)
                .withoutExemplars()
                .labelNames("model_name")
                .register(registry.getPrometheusRegistry())
                .labelValues(modelId);
        stopped = success("stop");
        cut = success("length");
    }

    private Counter success(String reason) {
        return Counter.builder("vllm:request_success")
                .description("Requests that came to their end")
                .tag("model_name", modelId)
                .tag("finished_reason", reason)
                .register(registry);
    }

    private DistributionSummary histogram(String name, String description, double... buckets) {
        return DistributionSummary.builder("vllm:" + name)
                .description(description)
                .tag("model_name", modelId)
                .serviceLevelObjectives(buckets)
                .register(registry);
    }

    void submitted(int requestMaxTokens) {
        maxTokens.record(requestMaxTokens);
    }

    void started(long queueNanos) {
        queue.record(queueNanos * NANOS);
    }

    void firstToken(long nanos) {
        firstToken.record(nanos * NANOS);
    }

    void nextToken(long nanos) {
        nextToken.record(nanos * NANOS);
    }

    void step(int rows) {
        stepTokens.observe(rows);
    }

    void ended(RequestSummary request) {
        whole.record(request.totalNanos() * NANOS);
        promptTokens.record(request.usage().promptTokens());
        completionTokens.record(request.usage().completionTokens());
        if (request.firstTokenNanos() >= 0) {
            prefill.record((request.firstTokenNanos() - Math.max(0, request.queueNanos())) * NANOS);
            decode.record((request.totalNanos() - request.firstTokenNanos()) * NANOS);
        }
        if (request.outcome() == Outcome.STOP) {
            stopped.increment();
        } else if (request.outcome() == Outcome.LENGTH) {
            cut.increment();
        }
    }
}
