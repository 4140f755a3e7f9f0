package dev.altiplano.evaluation.report;

import dev.altiplano.evaluation.divergence.Divergence;

/**
 * What a model in some formats costs beside its reference.
 *
 * @param weights the format of its weights
 * @param kvFormat the format of its keys and values
 * @param bits that a weight takes in memory, at the mean
 * @param tokensPerSecond of prompts, with the logits of each token
 * @param joulesPerToken NaN where nobody knows
 */
public record FormatCost(
        String weights,
        String kvFormat,
        double bits,
        Divergence divergence,
        double tokensPerSecond,
        double joulesPerToken) {}
