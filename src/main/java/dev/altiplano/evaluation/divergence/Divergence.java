package dev.altiplano.evaluation.divergence;

import dev.altiplano.evaluation.statistic.Sum;
import java.util.Arrays;

/**
 * How far a model is from its reference, over the scored tokens of a text.
 *
 * @param klDivergence KL(reference ‖ model) in nats of each token's distribution
 * @param probabilityChange probability of the right token, model less reference
 * @param sameTop share of tokens for which both find the same one most likely
 * @param sameTopError standard error of that share
 * @param perplexity of the model
 * @param referencePerplexity of the reference
 * @param logRatio mean difference of −ln p, so that exp of it is the ratio of the perplexities
 * @param logRatioError its standard error, of differences token by token
 */
public record Divergence(
        Distribution klDivergence,
        Distribution probabilityChange,
        double rootMeanSquareChange,
        double sameTop,
        double sameTopError,
        double perplexity,
        double referencePerplexity,
        double logRatio,
        double logRatioError,
        long tokens) {

    /**
     * A distribution of values.
     *
     * @param error standard error of the mean
     */
    public record Distribution(
            double mean,
            double error,
            double minimum,
            double percentile1,
            double median,
            double percentile99,
            double percentile999,
            double maximum) {

        static Distribution of(double[] values) {
            double[] sorted = values.clone();
            Arrays.sort(sorted);
            double mean = Divergence.mean(values);
            return new Distribution(
                    mean,
                    Divergence.error(values, mean),
                    sorted[0],
                    quantile(sorted, 0.01),
                    quantile(sorted, 0.5),
                    quantile(sorted, 0.99),
                    quantile(sorted, 0.999),
                    sorted[sorted.length - 1]);
        }
    }

    /** Between neighbours in proportion. */
    static double quantile(double[] sorted, double part) {
        double place = part * (sorted.length - 1);
        int below = (int) Math.floor(place);
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }

    static double mean(double[] values) {
        Sum sum = new Sum();
        for (double value : values) {
            sum.add(value);
        }
        return sum.value() / values.length;
    }

    static double error(double[] values, double mean) {
        if (values.length < 2) {
            return Double.NaN;
        }
        Sum squares = new Sum();
        for (double value : values) {
            squares.add((value - mean) * (value - mean));
        }
        return Math.sqrt(squares.value() / (values.length - 1) / values.length);
    }
}
