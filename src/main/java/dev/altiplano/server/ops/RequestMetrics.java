package dev.altiplano.server.ops;

import dev.altiplano.engine.Outcome;
import dev.altiplano.engine.RequestSummary;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

/** What is measured of each request and each step, as histograms and counters. Recording is cheap: the engine thread does it. */
@Component
final class RequestMetrics {

    private static final List<String> ALERTED_REFUSALS =
            List.of("queue_full", "queue_tokens_full", "rate_limit_exceeded", "overloaded");

    private static final long[] QUEUE_TIME_BUCKETS_MS = {
        1, 5, 10, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 120_000, 300_000, 600_000
    };
    private static final long[] TIME_TO_FIRST_TOKEN_BUCKETS_MS = {
        1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 120_000, 300_000
    };
    private static final long[] INTER_TOKEN_LATENCY_BUCKETS_MS = {
        1, 2, 5, 10, 25, 50, 75, 100, 150, 250, 500, 1000, 2500, 5000, 10_000
    };
    private static final long[] REQUEST_DURATION_BUCKETS_MS = {
        5, 10, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000,
        3_600_000
    };
    private static final long[] STEP_DURATION_BUCKETS_MS = {
        1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000
    };
    private static final double[] STEP_ROWS_BUCKETS = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048};
    private static final double[] PROMPT_TOKENS_BUCKETS = {
        1, 4, 16, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536, 131_072
    };
    private static final double[] COMPLETION_TOKENS_BUCKETS = {
        1, 4, 16, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768
    };

    private final MeterRegistry registry;
    private final VllmMetrics vllm;
    private final Timer queueTime;
    private final Timer timeToFirstToken;
    private final Timer interTokenLatency;
    private final Timer requestDuration;
    private final Timer stepDuration;
    private final DistributionSummary stepRows;
    private final DistributionSummary promptTokens;
    private final DistributionSummary completionTokens;
    private final Map<Outcome, Counter> outcomes = new EnumMap<>(Outcome.class);

    RequestMetrics(MeterRegistry registry, VllmMetrics vllm) {
        this.registry = registry;
        this.vllm = vllm;
        queueTime = timer(
                registry,
                "altiplano.request.queue",
                "Submission of a request to its first step",
                QUEUE_TIME_BUCKETS_MS);
        timeToFirstToken = timer(
                registry,
                "altiplano.time.to.first.token",
                "Submission of a request to a choice's first token",
                TIME_TO_FIRST_TOKEN_BUCKETS_MS);
        interTokenLatency = timer(
                registry,
                "altiplano.inter.token.latency",
                "Time between a choice's tokens",
                INTER_TOKEN_LATENCY_BUCKETS_MS);
        requestDuration = timer(
                registry,
                "altiplano.request.duration",
                "Submission of an accepted request to its end",
                REQUEST_DURATION_BUCKETS_MS);
        stepDuration = timer(registry, "altiplano.step.duration", "One step of the engine", STEP_DURATION_BUCKETS_MS);
        stepRows = summary(registry, "altiplano.step.rows", "Token rows in one step", STEP_ROWS_BUCKETS);
        promptTokens = summary(
                registry, "altiplano.request.prompt.tokens", "Prompt tokens of one request", PROMPT_TOKENS_BUCKETS);
        completionTokens = summary(
                registry,
                "altiplano.request.completion.tokens",
                "Completion tokens of one request",
                COMPLETION_TOKENS_BUCKETS);
        for (Outcome outcome : Outcome.values()) {
            outcomes.put(
                    outcome,
                    Counter.builder("altiplano.requests")
                            .description("Requests that ended, each with exactly one outcome")
                            .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
        // There from the start, so that what alerts ask for is 0 and not absent.
        ALERTED_REFUSALS.forEach(this::refusals);
        timeouts(true);
        timeouts(false);
    }

    void submitted(int maxTokens) {
        vllm.submitted(maxTokens);
    }

    void started(long queueNanos) {
        queueTime.record(queueNanos, TimeUnit.NANOSECONDS);
        vllm.started(queueNanos);
    }

    void firstToken(long nanos) {
        timeToFirstToken.record(nanos, TimeUnit.NANOSECONDS);
        vllm.firstToken(nanos);
    }

    void nextToken(long nanos) {
        interTokenLatency.record(nanos, TimeUnit.NANOSECONDS);
        vllm.nextToken(nanos);
    }

    void step(int rows, long nanos) {
        stepDuration.record(nanos, TimeUnit.NANOSECONDS);
        stepRows.record(rows);
        vllm.step(rows);
    }

    void ended(RequestSummary summary) {
        Counter counter = outcomes.get(summary.outcome());
        if (counter != null) {
            counter.increment();
        }
        if (summary.outcome() != Outcome.REJECTED) {
            requestDuration.record(summary.totalNanos(), TimeUnit.NANOSECONDS);
            promptTokens.record(summary.usage().promptTokens());
            completionTokens.record(summary.usage().completionTokens());
            vllm.ended(summary);
        }
    }

    /** Codes of errors are few, whatever clients send. */
    void refused(String code) {
        refusals(code).increment();
    }

    private Counter refusals(String code) {
        return Counter.builder("altiplano.requests.refused")
                .description("Requests to generate that were refused, by the code of the error")
                .tag("reason", code)
                .register(registry);
    }

    void timedOut(boolean clientsDeadline) {
        timeouts(clientsDeadline).increment();
    }

    private Counter timeouts(boolean clientsDeadline) {
        return Counter.builder("altiplano.requests.timeouts")
                .description("Requests that did not end before their deadline, by who set it")
                .tag("deadline", clientsDeadline ? "client" : "service")
                .register(registry);
    }

    private static Timer timer(MeterRegistry registry, String name, String description, long[] bucketsMs) {
        Duration[] buckets = new Duration[bucketsMs.length];
        for (int i = 0; i < buckets.length; i++) {
            buckets[i] = Duration.ofMillis(bucketsMs[i]);
        }
        return Timer.builder(name)
                .description(description)
                .serviceLevelObjectives(buckets)
                .register(registry);
    }

    private static DistributionSummary summary(
            MeterRegistry registry, String name, String description, double[] buckets) {
        return DistributionSummary.builder(name)
                .description(description)
                .serviceLevelObjectives(buckets)
                .register(registry);
    }
}
