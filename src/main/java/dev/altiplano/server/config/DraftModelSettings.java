package dev.altiplano.server.config;

import static dev.altiplano.server.config.SettingChecks.checked;
import static dev.altiplano.server.config.SettingChecks.parsed;

import dev.altiplano.engine.EngineOptions;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * A smaller model that drafts what the model will say.
 *
 * @param path A model of the same vocabulary: a folder, a file or an address, as for altiplano.model.path. Without a value: none drafts.
 * @param weights How its weights are held in memory: as altiplano.model.weights.
 * @param kvCacheSize Memory for its keys and values; 0 takes as many positions as the model has, within the container's memory.
 */
public record DraftModelSettings(
        @Nullable String path,
        @DefaultValue("file") String weights,
        @DefaultValue("0B") ByteSize kvCacheSize) {

    private static final String PREFIX = "altiplano.engine.draft-model.";

    public DraftModelSettings {
        path = path == null || path.isBlank() ? null : path.strip();
        Object checked = ModelSettings.checkedAddress(PREFIX + "path", path);
    }

    /** The same in the engine's words, for files at {@code files}; null where there is no draft model. */
    EngineOptions.@Nullable DraftModel options(@Nullable Path files) {
        var format = parsed(PREFIX + "weights", weights, EngineOptions::weightFormat);
        long bytes = kvCacheSize.bytes();
        Path place = files == null ? Path.of("") : files;
        EngineOptions.DraftModel options =
                checked("altiplano.engine.", () -> new EngineOptions.DraftModel(place, format, bytes));
        return files == null ? null : options;
    }
}
