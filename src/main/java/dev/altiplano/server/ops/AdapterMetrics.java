package dev.altiplano.server.ops;

import dev.altiplano.engine.AdapterNames;
import dev.altiplano.engine.Engine;
import dev.altiplano.server.lifecycle.EngineLifecycle;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.List;
import org.springframework.stereotype.Component;

/**
 * {@code vllm:lora_requests_info}, by which gateways send a request to where its adapter is in use: the names of adapters of running
 * and of waiting requests are labels, as they are at each scrape.
 */
@Component
final class AdapterMetrics {

    private final EngineLifecycle lifecycle;

    AdapterMetrics(PrometheusMeterRegistry meters, EngineLifecycle lifecycle) {
        this.lifecycle = lifecycle;
        meters.getPrometheusRegistry().register((Collector) this::collect);
    }

    private InfoSnapshot collect() {
        Engine engine = lifecycle.engineOrNull();
        AdapterNames names = engine == null ? new AdapterNames(List.of(), List.of(), List.of(), 0) : engine.adapters();
        // The names of such metrics end in _info, which the registry adds.
        return InfoSnapshot.builder()
                .name("vllm:lora_requests")
                .help("Adapters of requests, and how many there can be")
                .dataPoint(InfoDataPointSnapshot.builder()
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
