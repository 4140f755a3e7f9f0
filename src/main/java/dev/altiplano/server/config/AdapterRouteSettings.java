package dev.altiplano.server.config;

import dev.altiplano.engine.EngineOptions;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Whether and how adapters are loaded and unloaded while the service runs, by routes on the management port.
 *
 * @param dir The folder below which adapters lie that may be loaded; without it there are no such routes.
 * @param maxAdapters Maximum of adapters, those from the start included.
 * @param maxRank Highest rank that an adapter may have; scratch for it is kept from the start.
 * @param memory Memory that is kept for adapters that come while the service runs.
 */
public record AdapterRouteSettings(
        @Nullable Path dir,
        @DefaultValue("16") int maxAdapters,
        @DefaultValue("64") int maxRank,
        @DefaultValue("512MB") ByteSize memory) {

    public AdapterRouteSettings {
        dir = dir == null || dir.toString().isBlank() ? null : dir;
        SettingChecks.between(maxAdapters, 1, 1024, "altiplano.adapter-route.max-adapters");
        SettingChecks.between(maxRank, 1, 1024, "altiplano.adapter-route.max-rank");
    }

    /** The same in the engine's words. */
    EngineOptions.AdapterRoom room() {
        return dir == null
                ? EngineOptions.AdapterRoom.NONE
                : SettingChecks.checked(
                        "altiplano.adapter-route.",
                        () -> new EngineOptions.AdapterRoom(maxAdapters, maxRank, memory.bytes()));
    }
}
