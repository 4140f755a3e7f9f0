package dev.altiplano.server.ops;

import dev.altiplano.engine.AdapterNames;
import dev.altiplano.engine.Engine;
import dev.altiplano.server.lifecycle.EngineLifecycle;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.List;
import org.springframework.stereotype.Component;

/**
 * {@code vllm:lora_requests_info}, by which gateways send a request to where its adapter is in use: the names of adapters of running
 * and of waiting requests are labels, as they are at each scrape, and the value is the unix time at which a scrape first saw that adapters
 * had changed: of several such series a gateway takes the newest.
 */
@Component
final class AdapterMetrics {

    private static final double MILLIS_PER_SECOND = 1000;

    private final EngineLifecycle lifecycle;
    private AdapterNames last = new AdapterNames(List.of(), List.of(), List.of(), 0);
    private long changedMillis = System.currentTimeMillis();

    AdapterMetrics(PrometheusMeterRegistry meters, EngineLifecycle lifecycle) {
        this.lifecycle = lifecycle;
        meters.getPrometheusRegistry().register((Collector) this::collect);
    }

    private synchronized GaugeSnapshot collect() {
        Engine engine = lifecycle.engineOrNull();
        AdapterNames names = engine == null ? last : engine.adapters();
        if (!names.equals(last)) {
            last = names;
            changedMillis = System.currentTimeMillis();
        }
        return GaugeSnapshot.builder()
                .name("vllm:lora_requests_info")
                .help("Adapters of requests, how many there can be, and the unix time at which a change was first seen")
                .dataPoint(GaugeDataPointSnapshot.builder()
                        .value(changedMillis / MILLIS_PER_SECOND)
                        .labels(Labels.of(
                                "max_lora",
                                Integer.toString(names.maximum()),
                                "running_lora_adapters",
                                String.join(",", names.running()),
                                "waiting_lora_adapters",
                                String.join(",", names.waiting())))
                        .build())
                .build();
    }
}
