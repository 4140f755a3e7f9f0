package dev.altiplano.server.ops;

import dev.altiplano.engine.Engine;
import dev.altiplano.engine.EngineStats;
import dev.altiplano.engine.LoadListener;
import dev.altiplano.engine.ModelCard;
import dev.altiplano.engine.SpeculationStats;
import dev.altiplano.server.config.AltiplanoProperties;
import dev.altiplano.server.lifecycle.EngineLifecycle;
import dev.altiplano.server.lifecycle.EngineState;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.core.metrics.Info;
import java.util.Locale;
import java.util.function.Function;
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

    private final PrometheusMeterRegistry registry;
    private final String modelId;

    EngineMetrics(EngineLifecycle lifecycle, PrometheusMeterRegistry registry, AltiplanoProperties properties) {
        this.registry = registry;
        this.modelId = properties.model().servedId();
        var meters = new StatsMeters<>(registry, lifecycle, Engine::stats, NOTHING);
        register(meters);
        registerAliases(meters);
        speculation(meters, "ngram", EngineStats::ngramDrafts);
        speculation(meters, "model", EngineStats::modelDrafts);
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

    /** Null where the model is in none: it could not be loaded, its engine has ended, or it is closed. */
    private static LoadListener.@Nullable Phase phase(EngineState state) {
        return switch (state) {
            case EngineState.Loading(var phase, int percent) -> phase;
            case EngineState.Ready _, EngineState.Draining _ -> LoadListener.Phase.READY;
            case EngineState.Failed _, EngineState.Ended _, EngineState.Closed _ -> null;
        };
    }

    private static double kvUsage(EngineStats stats) {
        return stats.kvBlocks() == 0 ? 0 : (double) stats.kvBlocksUsed() / stats.kvBlocks();
    }

    private static void register(StatsMeters<EngineStats> meters) {
        meters.gauge(
                "altiplano.requests.waiting",
                "Accepted requests that are not running yet",
                EngineStats::requestsWaiting);
        meters.gauge("altiplano.requests.running", "Running requests", EngineStats::requestsRunning);
        meters.gauge("altiplano.sequences.running", "Sequences in the last step", EngineStats::sequencesRunning);
        meters.gauge("altiplano.queue.tokens", "Prompt tokens of the waiting requests", EngineStats::queuedTokens);
        meters.gauge("altiplano.kv.blocks", "KV blocks in the pool", EngineStats::kvBlocks);
        meters.gauge("altiplano.kv.blocks.used", "KV blocks held by running sequences", EngineStats::kvBlocksUsed);
        meters.gauge(
                "altiplano.kv.blocks.cached",
                "KV blocks that are free and hold reusable prefixes",
                EngineStats::kvBlocksCached);
        meters.gauge(
                "altiplano.kv.usage.ratio", "Part of the KV blocks held by running sequences", EngineMetrics::kvUsage);
        meters.counter(
                "altiplano.preemptions",
                "Sequences that gave their KV blocks back to go on later",
                EngineStats::preemptions);
        meters.counter(
                "altiplano.prompt.tokens",
                "Prompt tokens computed or taken from the prefix cache",
                EngineStats::promptTokens);
        meters.counter(
                "altiplano.cached.tokens", "Prompt tokens taken from the prefix cache", EngineStats::cachedTokens);
        meters.counter("altiplano.generated.tokens", "Tokens sampled", EngineStats::generatedTokens);
        meters.counter("altiplano.steps", "Steps of the engine", EngineStats::steps);
    }

    private void registerAliases(StatsMeters<EngineStats> meters) {
        String[] model = {"model_name", modelId};
        meters.gauge(
                "vllm:num_requests_waiting", "Same as altiplano_requests_waiting", EngineStats::requestsWaiting, model);
        meters.gauge(
                "vllm:num_requests_running", "Same as altiplano_requests_running", EngineStats::requestsRunning, model);
        meters.gauge(
                "vllm:kv_cache_usage_perc",
                "Same as altiplano_kv_usage_ratio, from 0 to 1",
                EngineMetrics::kvUsage,
                model);
        meters.counter("vllm:prompt_tokens", "Same as altiplano_prompt_tokens_total", EngineStats::promptTokens, model);
        meters.counter(
                "vllm:generation_tokens",
                "Same as altiplano_generated_tokens_total",
                EngineStats::generatedTokens,
                model);
        meters.counter(
                "vllm:prefix_cache_queries",
                "Prompt tokens looked up in the prefix cache",
                EngineStats::promptTokens,
                model);
        meters.counter(
                "vllm:prefix_cache_hits", "Prompt tokens found in the prefix cache", EngineStats::cachedTokens, model);
    }

    /** Registers what one source of drafts has done. */
    private static void speculation(
            StatsMeters<EngineStats> all, String source, Function<EngineStats, SpeculationStats> drafts) {
        var meters = new StatsMeters<>(
                all.registry(), all.lifecycle(), all.statistics().andThen(drafts), drafts.apply(all.none()));
        String[] tag = {"source", source};
        meters.counter("altiplano.speculation.drafts", "Drafts that were verified", SpeculationStats::drafts, tag);
        meters.counter(
                "altiplano.speculation.drafted.tokens",
                "Tokens that were drafted and verified",
                SpeculationStats::draftedTokens,
                tag);
        meters.counter(
                "altiplano.speculation.accepted.tokens",
                "Drafted tokens that were accepted",
                SpeculationStats::acceptedTokens,
                tag);
        meters.counter(
                "altiplano.speculation.seconds",
                "Time spent on drafting, without verifying",
                stats -> stats.nanos() / 1e9,
                tag);
    }
}
