package dev.altiplano.server.config;

import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/** All settings of the service. A value outside its range, or a name that does not exist, stops the start. */
@ConfigurationProperties(prefix = "altiplano", ignoreUnknownFields = false)
public record AltiplanoProperties(
        @NestedConfigurationProperty @DefaultValue ModelSettings model,
        @NestedConfigurationProperty @DefaultValue EngineSettings engine,
        @NestedConfigurationProperty @DefaultValue QueueSettings queue,
        @NestedConfigurationProperty @DefaultValue ApiSettings api,
        @NestedConfigurationProperty @DefaultValue TracingSettings tracing) {

    public AltiplanoProperties {
        // What the engine checks is refused as early as what is checked here.
        Object checked = EngineOptionsFactory.from(model, engine, queue, Path.of(""));
    }
}
