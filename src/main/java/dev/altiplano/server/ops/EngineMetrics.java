package dev.altiplano.server.ops;

import dev.altiplano.engine.Engine;
import dev.altiplano.engine.EngineStats;
import dev.altiplano.engine.LoadListener;
import dev.altiplano.engine.ModelCard;
import dev.altiplano.engine.SpeculationStats;
import dev.altiplano.server.config.AltiplanoProperties;
import dev.altiplano.server.config.EngineLifecycle;
import dev.altiplano.server.config.EngineState;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.core.metrics.Info;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Shows the engine's statistics as gauges and counters, and the few of them that inference gateways on Kubernetes read also
 * under the names that vLLM gave them.
 */
@Component
final class EngineMetrics {

    private static final EngineStats NOTHING =
            new EngineStats(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, SpeculationStats.NONE, SpeculationStats.NONE, 0, 0, false);

    private final EngineLifecycle lifecycle;
    private final PrometheusMeterRegistry registry;
    private final String modelId;

    EngineMetrics(EngineLifecycle lifecycle, PrometheusMeterRegistry registry, AltiplanoProperties properties) {
        this.lifecycle = lifecycle;
        this.registry = registry;
        this.modelId = properties.model().servedId();

        gauge("altiplano.requests.waiting", "Requests accepted that do not run yet", EngineStats::requestsWaiting);
        gauge("altiplano.requests.running", "Requests that run", EngineStats::requestsRunning);
        gauge(
                "altiplano.sequences.running",
                "Sequences that took part in the last step",
                EngineStats::sequencesRunning);
        gauge("altiplano.queue.tokens", "Prompt tokens of the waiting requests", EngineStats::queuedTokens);
        gauge("altiplano.kv.blocks", "KV blocks in the pool", EngineStats::kvBlocks);
        gauge("altiplano.kv.blocks.used", "KV blocks that running sequences hold", EngineStats::kvBlocksUsed);
        gauge(
                "altiplano.kv.blocks.cached",
                "KV blocks that hold reusable prompt beginnings and are free to be taken",
                EngineStats::kvBlocksCached);
        gauge("altiplano.kv.usage.ratio", "Part of the KV blocks that running sequences hold", EngineMetrics::kvUsage);
        counter(
                "altiplano.preemptions",
                "Sequences that gave their KV blocks back to go on later",
                EngineStats::preemptions);
        counter(
                "altiplano.prompt.tokens",
                "Prompt tokens computed or taken from the prefix cache",
                EngineStats::promptTokens);
        counter("altiplano.cached.tokens", "Prompt tokens taken from the prefix cache", EngineStats::cachedTokens);
        counter("altiplano.generated.tokens", "Tokens sampled", EngineStats::generatedTokens);
        speculation("ngram", EngineStats::ngramDrafts);
        speculation("model", EngineStats::modelDrafts);
        counter("altiplano.steps", "Steps of the engine", EngineStats::steps);

        alias("vllm:num_requests_waiting", "Same as altiplano_requests_waiting", EngineStats::requestsWaiting);
        alias("vllm:num_requests_running", "Same as altiplano_requests_running", EngineStats::requestsRunning);
        alias("vllm:kv_cache_usage_perc", "Same as altiplano_kv_usage_ratio, from 0 to 1", EngineMetrics::kvUsage);

        vllmCounter("vllm:prompt_tokens", "Same as altiplano_prompt_tokens_total", EngineStats::promptTokens);
        vllmCounter("vllm:generation_tokens", "Same as altiplano_generated_tokens_total", EngineStats::generatedTokens);
        vllmCounter("vllm:prefix_cache_queries", "Prompt tokens looked up in memory", EngineStats::promptTokens);
        vllmCounter("vllm:prefix_cache_hits", "Prompt tokens found in memory", EngineStats::cachedTokens);

        for (LoadListener.Phase phase : LoadListener.Phase.values()) {
            Gauge.builder("altiplano.load.phase", lifecycle, l -> phase == phase(l.state()) ? 1 : 0)
                    .description("1 for the phase of loading that the model is in")
                    .tag("phase", phase.name().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
        Gauge.builder("altiplano.load.failed", lifecycle, l -> l.state() instanceof EngineState.Failed ? 1 : 0)
                .description("1 when the model could not be loaded")
                .register(registry);
    }

    @EventListener
    void ready(EngineState.Ready ready) {
        ModelCard card = ready.engine().card();
        int blocks = ready.engine().stats().kvBlocks();
        // The name ends in _info, which the registry below Micrometer keeps for metrics of that kind.
        Info.builder()
                .name("vllm:cache_config")
                .help("How the KV cache is divided")
                .labelNames("block_size", "num_gpu_blocks", "model_name")
                .register(registry.getPrometheusRegistry())
                .setLabelValues(Integer.toString(card.kvBlockTokens()), Integer.toString(blocks), modelId);
        Info.builder()
                .name("altiplano")
                .help("What serves: its version, what computes, and the fingerprint of its answers")
                .labelNames("version", "backend", "fingerprint", "model_name")
                .register(registry.getPrometheusRegistry())
                .setLabelValues(ProgramVersion.text(), card.backend(), SystemFingerprint.of(card), modelId);
    }

    /** Null where the model is in none: it could not be loaded, or it is closed. */
    private static LoadListener.@Nullable Phase phase(EngineState state) {
        return switch (state) {
            case EngineState.Loading(var phase, int percent) -> phase;
            case EngineState.Ready _, EngineState.Draining _ -> LoadListener.Phase.READY;
            case EngineState.Failed _, EngineState.Closed _ -> null;
        };
    }

    private static double kvUsage(EngineStats stats) {
        return stats.kvBlocks() == 0 ? 0 : (double) stats.kvBlocksUsed() / stats.kvBlocks();
    }

    private void gauge(String name, String description, ToDoubleFunction<EngineStats> value) {
        Gauge.builder(name, lifecycle, l -> value.applyAsDouble(stats(l)))
                .description(description)
                .register(registry);
    }

    private void alias(String name, String description, ToDoubleFunction<EngineStats> value) {
        Gauge.builder(name, lifecycle, l -> value.applyAsDouble(stats(l)))
                .description(description)
                .tag("model_name", modelId)
                .register(registry);
    }

    private void vllmCounter(String name, String description, ToDoubleFunction<EngineStats> value) {
        FunctionCounter.builder(name, lifecycle, l -> value.applyAsDouble(stats(l)))
                .description(description)
                .tag("model_name", modelId)
                .register(registry);
    }

    private void counter(String name, String description, ToDoubleFunction<EngineStats> value) {
        FunctionCounter.builder(name, lifecycle, l -> value.applyAsDouble(stats(l)))
                .description(description)
                .register(registry);
    }

    /** What one source of guesses has done. */
    private void speculation(String source, Function<EngineStats, SpeculationStats> drafts) {
        sourced("drafts", "Guesses at what follows that were verified", source, drafts, SpeculationStats::drafts);
        sourced(
                "drafted.tokens",
                "Tokens that were guessed and verified",
                source,
                drafts,
                SpeculationStats::draftedTokens);
        sourced("accepted.tokens", "Guessed tokens that were right", source, drafts, SpeculationStats::acceptedTokens);
        sourced("seconds", "Time that guessing took, without verifying", source, drafts, stats -> stats.nanos() / 1e9);
    }

    private void sourced(
            String name,
            String description,
            String source,
            Function<EngineStats, SpeculationStats> drafts,
            ToDoubleFunction<SpeculationStats> value) {
        FunctionCounter.builder(
                        "altiplano.speculation." + name, lifecycle, l -> value.applyAsDouble(drafts.apply(stats(l))))
                .description(description)
                .tag("source", source)
                .register(registry);
    }

    private static EngineStats stats(EngineLifecycle lifecycle) {
        Engine engine = lifecycle.engineOrNull();
        return engine == null ? NOTHING : engine.stats();
    }
}
