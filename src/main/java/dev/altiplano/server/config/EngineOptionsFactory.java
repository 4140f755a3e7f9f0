package dev.altiplano.server.config;

import dev.altiplano.engine.EngineOptions;
import java.nio.file.Path;
import java.util.Map;

/** Says in the engine's words what the settings say. */
final class EngineOptionsFactory {

    private EngineOptionsFactory() {}

    static EngineOptions from(AltiplanoProperties properties, Path files) {
        return from(
                properties.model(),
                properties.adapters(),
                properties.adapterRoute(),
                properties.engine(),
                properties.queue(),
                properties.energy(),
                files);
    }

    /** @throws InvalidSettingException for a value that the engine cannot have */
    static EngineOptions from(
            ModelSettings model,
            Map<String, Path> adapters,
            AdapterRouteSettings route,
            EngineSettings engine,
            QueueSettings queue,
            EnergySettings energy,
            Path files) {
        return new EngineOptions(
                model.options(files).withAdapters(adapters).withAdapterRoom(route.room()),
                engine.compute(),
                engine.batch(),
                engine.kv(),
                engine.decoding(),
                queue.options(),
                0,
                energy.options());
    }
}
