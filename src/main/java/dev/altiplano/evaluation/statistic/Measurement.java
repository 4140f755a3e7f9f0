package dev.altiplano.evaluation.statistic;

/**
 * What one document gives to a metric.
 *
 * @param value the value, or the first of two (a log-likelihood; the true class)
 * @param weight the second of two (words or bytes; the predicted class); 1 where there is one value alone
 */
public record Measurement(double value, double weight) {

    public static Measurement of(double value) {
        return new Measurement(value, 1);
    }
}
