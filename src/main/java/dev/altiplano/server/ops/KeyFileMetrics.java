package dev.altiplano.server.ops;

import dev.altiplano.server.security.ApiKeys;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.stereotype.Component;

/** The gauge that tells a file of API keys with an error, which changes nothing until a service starts, and stops at it. */
@Component
final class KeyFileMetrics {

    KeyFileMetrics(MeterRegistry registry, ApiKeys keys) {
        Gauge.builder("altiplano.api.keys", keys, ApiKeys::count)
                .description("API keys that are valid; 0 where none are needed, or their file has been emptied")
                .register(registry);
        Gauge.builder("altiplano.keys.file.rejected", keys, k -> k.rejected() ? 1 : 0)
                .description("1 while the file of API keys cannot be used and earlier keys stay in force")
                .register(registry);
    }
}
