package dev.altiplano.server.api;

import dev.altiplano.server.api.json.Unsupported;
import org.jspecify.annotations.Nullable;

/**
 * The field {@code stream_options} of a body.
 *
 * @param includeUsage whether a last chunk carries the usage
 * @param continuousUsageStats whether every chunk carries the usage so far
 * @param includeObfuscation not supported
 */
public record StreamOptions(
        @Nullable Boolean includeUsage,
        @Nullable Boolean continuousUsageStats,
        @Nullable Unsupported includeObfuscation) {

    /** How usage is streamed. */
    public enum UsageChunks {
        NONE,
        /** In a last chunk; the others say null. */
        LAST,
        /** In every chunk as it stands. */
        EVERY
    }

    /** What is asked for; nothing where {@code options} is null. */
    static UsageChunks usage(@Nullable StreamOptions options) {
        if (options == null) {
            return UsageChunks.NONE;
        }
        boolean last = Boolean.TRUE.equals(options.includeUsage);
        if (Boolean.TRUE.equals(options.continuousUsageStats)) {
            return last ? UsageChunks.EVERY : UsageChunks.NONE;
        }
        return last ? UsageChunks.LAST : UsageChunks.NONE;
    }
}
