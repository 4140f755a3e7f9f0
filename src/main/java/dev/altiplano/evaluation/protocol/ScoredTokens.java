package dev.altiplano.evaluation.protocol;

/**
 * Tokens whose likelihood is wanted.
 *
 * @param from the first of them that counts; those before are context
 * @param truncated tokens of the context that were left out
 */
public record ScoredTokens(int[] tokens, int from, int truncated) {}
