package dev.altiplano.evaluation.model;

import dev.altiplano.evaluation.statistic.Sum;

/**
 * Natural log probabilities of tokens.
 *
 * @param greedy whether each of them was the most likely one
 */
public record TokenLikelihoods(double[] logprobs, boolean greedy) {

    /** The log probability of all together. */
    public double total() {
        Sum sum = new Sum();
        for (double logprob : logprobs) {
            sum.add(logprob);
        }
        return sum.value();
    }
}
