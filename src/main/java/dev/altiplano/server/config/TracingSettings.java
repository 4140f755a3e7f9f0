package dev.altiplano.server.config;

import static dev.altiplano.server.config.SettingChecks.require;

import java.net.URI;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where spans go.
 *
 * @param endpoint What takes spans by OTLP over HTTP, such as http://collector:4318/v1/traces; without it there are none.
 * @param sampling Part of the requests that have spans, from 0 to 1, of those whose client has not decided it.
 */
public record TracingSettings(
        @Nullable URI endpoint, @DefaultValue("1") double sampling) {

    public TracingSettings {
        endpoint = endpoint == null || endpoint.toString().isBlank() ? null : endpoint;
        require(
                endpoint == null
                        || (Set.of("http", "https").contains(String.valueOf(endpoint.getScheme()))
                                && endpoint.getHost() != null),
                "altiplano.tracing.endpoint",
                endpoint,
                "an address such as http://collector:4318/v1/traces");
        require(sampling >= 0 && sampling <= 1, "altiplano.tracing.sampling", sampling, "from 0 to 1");
    }
}
