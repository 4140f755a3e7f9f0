package dev.altiplano.engine;

/**
 * Tokens of a request.
 *
 * @param promptTokens over all prompts, each counted once
 * @param cachedTokens how many of them came from the prefix cache
 * @param completionTokens over all generated sequences
 */
public record Usage(int promptTokens, int cachedTokens, int completionTokens) {}
