package dev.altiplano.evaluation.protocol;

/** What a model answered. */
public sealed interface ModelAnswer {

    /**
     * How likely tokens are.
     *
     * @param logprob the natural logarithm of their probability
     * @param greedy whether each was the most likely one
     * @param truncated tokens of the context that were left out because the model's length was exceeded
     */
    record Likelihood(double logprob, boolean greedy, int tokens, int truncated) implements ModelAnswer {}

    /** What the model wrote, without the stop sequence. */
    record Written(String text, int truncated) implements ModelAnswer {}
}
