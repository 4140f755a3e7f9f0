package dev.altiplano.engine.checkpoint;

/**
 * How far a model's probabilities were from those of the model that it was made from, as its file says.
 *
 * @param mean of KL(reference ‖ model) over tokens, in nats
 * @param percentile99 of the same
 * @param maximum of the same
 * @param sameTop share of tokens for which both find the same one most likely
 * @param perplexityRatio the model's perplexity over the reference's
 * @param tokens how many were compared
 * @param text the name of the text
 */
public record MeasuredDivergence(
        double mean,
        double percentile99,
        double maximum,
        double sameTop,
        double perplexityRatio,
        long tokens,
        String text) {}
