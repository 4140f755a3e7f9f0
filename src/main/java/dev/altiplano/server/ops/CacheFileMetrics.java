package dev.altiplano.server.ops;

import dev.altiplano.engine.Engine;
import dev.altiplano.engine.TierStats;
import dev.altiplano.server.lifecycle.EngineLifecycle;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.springframework.stereotype.Component;

/** Shows what the file that keeps prefixes ({@code altiplano.cache.path}) holds and has done. */
@Component
final class CacheFileMetrics {

    CacheFileMetrics(PrometheusMeterRegistry registry, EngineLifecycle lifecycle) {
        var meters = new StatsMeters<>(registry, lifecycle, Engine::tierStats, TierStats.NONE);
        meters.gauge(name("active"), "1 while the prefix cache file is used", stats -> stats.active() ? 1 : 0);
        meters.gauge(name("blocks"), "KV blocks in the prefix cache file", TierStats::blocks);
        meters.gauge(name("bytes"), "Size of the KV blocks in the prefix cache file", TierStats::bytes);
        meters.counter(name("hits"), "KV blocks that were read back instead of being computed", TierStats::hits);
        meters.counter(name("writes"), "KV blocks that were written to the file", TierStats::writes);
        meters.counter(
                name("skipped"),
                "KV blocks that were not written: evicted before, or too many waited",
                TierStats::skipped);
        meters.counter(name("rejected"), "KV blocks in the file that were found damaged", TierStats::rejected);
        meters.counter(name("errors"), "Failures of the file; the first one ends its use", TierStats::errors);
    }

    private static String name(String last) {
        return "altiplano.cache.file." + last;
    }
}
