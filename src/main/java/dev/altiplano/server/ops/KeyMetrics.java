package dev.altiplano.server.ops;

import dev.altiplano.server.security.ApiKeys;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.stereotype.Component;

/** How many API keys are valid. */
@Component
final class KeyMetrics {

    KeyMetrics(MeterRegistry registry, ApiKeys keys) {
        Gauge.builder("altiplano.api.keys", keys, ApiKeys::count)
                .description("API keys that are valid; 0 where none are needed, or their file has been emptied")
                .register(registry);
    }
}
