package dev.altiplano.server.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * All settings of the service. A value outside its range, or a name that does not exist, stops the start.
 *
 * @param adapters LoRA adapters, by the name that clients put into "model": PEFT folders or GGUF files. They are bound as texts, since
 *     names of other values end at their first dot.
 */
@ConfigurationProperties(prefix = "altiplano", ignoreUnknownFields = false)
public record AltiplanoProperties(
        @NestedConfigurationProperty @DefaultValue ModelSettings model,
        @DefaultValue Map<String, String> adapters,
        @NestedConfigurationProperty @DefaultValue AdapterRouteSettings adapterRoute,
        @NestedConfigurationProperty @DefaultValue EngineSettings engine,
        @NestedConfigurationProperty @DefaultValue CacheSettings cache,
        @NestedConfigurationProperty @DefaultValue QueueSettings queue,
        @NestedConfigurationProperty @DefaultValue EnergySettings energy,
        @NestedConfigurationProperty @DefaultValue ApiSettings api,
        @NestedConfigurationProperty @DefaultValue TracingSettings tracing) {

    public AltiplanoProperties {
        adapters = Map.copyOf(adapters);
        // What the engine checks is refused as early as what is checked here.
        Object checked = EngineOptionsFactory.from(
                model, paths(adapters), adapterRoute, engine, cache, queue, energy, Path.of(""), null);
    }

    /** Where each adapter lies. */
    Map<String, Path> adapterPaths() {
        return paths(adapters);
    }

    private static Map<String, Path> paths(Map<String, String> adapters) {
        return adapters.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, adapter -> Path.of(adapter.getValue())));
    }
}
