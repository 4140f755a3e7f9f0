package dev.altiplano.server.ops.trace;

import dev.altiplano.server.config.AltiplanoProperties;
import dev.altiplano.server.config.TracingSettings;
import io.prometheus.metrics.tracer.common.SpanContext;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Spans where a collector is named; otherwise OpenTelemetry's classes are not even loaded. */
@Configuration(proxyBeanMethods = false)
class TracingConfiguration {

    @Bean(destroyMethod = "close")
    Tracing tracing(AltiplanoProperties properties, @Value("${spring.application.name:altiplano}") String service) {
        TracingSettings tracing = properties.tracing();
        return tracing.endpoint() == null
                ? Tracing.NONE
                : new RequestSpans(
                        tracing.endpoint(),
                        tracing.sampling(),
                        service,
                        properties.model().servedId());
    }

    /** With it, the registry keeps exemplars. */
    @Bean
    @ConditionalOnProperty("altiplano.tracing.endpoint")
    SpanContext exemplars() {
        return new CurrentSpan();
    }
}
