package dev.altiplano.server.config;

import dev.altiplano.engine.EngineOptions;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Says in the engine's words what the settings say. */
public final class EngineOptionsFactory {

    private EngineOptionsFactory() {}

    /** @param draftFiles where the draft model is; null where there is none */
    public static EngineOptions from(AltiplanoProperties properties, Path files, @Nullable Path draftFiles) {
        return from(
                properties.model(),
                properties.adapterPaths(),
                properties.adapterRoute(),
                properties.engine(),
                properties.cache(),
                properties.queue(),
                properties.energy(),
                files,
                draftFiles);
    }

    /** @throws InvalidSettingException for a value that the engine cannot have */
    public static EngineOptions from(
            ModelSettings model,
            Map<String, Path> adapters,
            AdapterRouteSettings route,
            EngineSettings engine,
            CacheSettings cache,
            QueueSettings queue,
            EnergySettings energy,
            Path files,
            @Nullable Path draftFiles) {
        return new EngineOptions(
                model.options(files).withAdapters(adapters).withAdapterRoom(route.room()),
                engine.compute(),
                engine.batch(),
                engine.kv(cache.tier()),
                engine.decoding(draftFiles),
                queue.options(),
                0,
                energy.options());
    }
}
