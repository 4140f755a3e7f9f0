package dev.altiplano.engine;

import org.jspecify.annotations.Nullable;

/**
 * Tokens of a request, and its energy.
 *
 * @param promptTokens over all prompts, each counted once
 * @param cachedTokens how many of them came from the prefix cache
 * @param completionTokens over all generated sequences
 * @param energy null where nobody asked for it, or nothing was computed
 */
public record Usage(
        int promptTokens,
        int cachedTokens,
        int completionTokens,
        @Nullable EnergyShare energy) {

    /** Tokens alone. */
    public Usage(int promptTokens, int cachedTokens, int completionTokens) {
        this(promptTokens, cachedTokens, completionTokens, null);
    }
}
