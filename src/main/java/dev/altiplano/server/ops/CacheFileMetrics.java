package dev.altiplano.server.ops;

import dev.altiplano.engine.Engine;
import dev.altiplano.engine.TierStats;
import dev.altiplano.server.config.EngineLifecycle;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.function.ToDoubleFunction;
import org.springframework.stereotype.Component;

/** Shows what the file that keeps prefixes ({@code altiplano.cache.path}) holds and has done. */
@Component
final class CacheFileMetrics {

    private final PrometheusMeterRegistry registry;
    private final EngineLifecycle lifecycle;

    CacheFileMetrics(PrometheusMeterRegistry registry, EngineLifecycle lifecycle) {
        this.registry = registry;
        this.lifecycle = lifecycle;
        gauge("active", "1 while the file that keeps prefixes is used", stats -> stats.active() ? 1 : 0);
        gauge("blocks", "KV blocks in the file that keeps prefixes", TierStats::blocks);
        gauge("bytes", "What the KV blocks in the file that keeps prefixes take", TierStats::bytes);
        counter("hits", "KV blocks that were read back instead of being computed", TierStats::hits);
        counter("writes", "KV blocks that were written to the file", TierStats::writes);
        counter("skipped", "KV blocks that left memory before they could be written", TierStats::skipped);
        counter("rejected", "KV blocks in the file that were not what had been written", TierStats::rejected);
        counter("errors", "Failures of the file; the first one ends its use", TierStats::errors);
    }

    private void gauge(String name, String description, ToDoubleFunction<TierStats> value) {
        Gauge.builder("altiplano.cache.file." + name, lifecycle, l -> value.applyAsDouble(stats(l)))
                .description(description)
                .register(registry);
    }

    private void counter(String name, String description, ToDoubleFunction<TierStats> value) {
        FunctionCounter.builder("altiplano.cache.file." + name, lifecycle, l -> value.applyAsDouble(stats(l)))
                .description(description)
                .register(registry);
    }

    private static TierStats stats(EngineLifecycle lifecycle) {
        Engine engine = lifecycle.engineOrNull();
        return engine == null ? TierStats.NONE : engine.tierStats();
    }
}
