package dev.altiplano.server.ops;

import dev.altiplano.server.security.ApiKeys;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.stereotype.Component;

/** How many API keys are valid, and whether their file can be used. */
@Component
final class KeyMetrics {

    KeyMetrics(MeterRegistry registry, ApiKeys keys) {
        Gauge.builder("altiplano.api.keys", keys, ApiKeys::count)
                .description("API keys that are valid; 0 where none are needed, or their file has been emptied")
                .register(registry);
        Gauge.builder("altiplano.api.keys.invalid", keys, k -> k.isFileInvalid() ? 1 : 0)
                .description("1 while the file of keys has errors, and the keys before it stay valid")
                .register(registry);
    }
}
