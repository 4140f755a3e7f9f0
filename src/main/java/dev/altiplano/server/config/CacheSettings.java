package dev.altiplano.server.config;

import static dev.altiplano.server.config.SettingChecks.checked;

import dev.altiplano.engine.EngineOptions;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where what was computed for the beginnings of prompts is kept beyond memory.
 *
 * @param path A file, or a folder for it, that keeps KV blocks of prefixes over their eviction from memory and over restarts. Without a value they are in memory alone.
 * @param maxSize The most that the file may take.
 */
public record CacheSettings(
        @Nullable Path path, @DefaultValue("4GB") ByteSize maxSize) {

    public CacheSettings {
        path = path == null || path.toString().isBlank() ? null : path;
        Object checked = tier(path, maxSize);
    }

    EngineOptions.@Nullable Tier tier() {
        return tier(path, maxSize);
    }

    private static EngineOptions.@Nullable Tier tier(@Nullable Path path, ByteSize maxSize) {
        return path == null ? null : checked("altiplano.cache.", () -> new EngineOptions.Tier(path, maxSize.bytes()));
    }
}
