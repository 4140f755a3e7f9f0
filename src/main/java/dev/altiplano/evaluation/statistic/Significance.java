package dev.altiplano.evaluation.statistic;

import java.util.ArrayList;
import java.util.List;

/**
 * Whether two values differ by more than chance: the difference, its standard error and the probability of one as large where
 * there is none (two-sided, normal).
 */
public record Significance(double difference, double standardError, double probability) {

    /** Of the same documents judged twice: their differences are what varies. */
    public static Significance paired(List<Double> first, List<Double> second) {
        if (first.size() != second.size()) {
            throw new IllegalArgumentException(first.size() + " documents against " + second.size());
        }
        Sum sum = new Sum();
        List<Double> differences = new ArrayList<>();
        for (int i = 0; i < first.size(); i++) {
            double difference = second.get(i) - first.get(i);
            differences.add(difference);
            sum.add(difference);
        }
        double mean = sum.value() / differences.size();
        double error = differences.size() < 2
                ? Double.NaN
                : StandardError.sampleDeviation(differences, false) / Math.sqrt(differences.size());
        return of(mean, error);
    }

    /** Of two samples that have nothing to do with each other. */
    public static Significance independent(double first, double firstError, double second, double secondError) {
        return of(second - first, Math.hypot(firstError, secondError));
    }

    private static Significance of(double difference, double error) {
        double probability;
        if (difference == 0) {
            probability = 1;
        } else if (Double.isNaN(error)) {
            probability = Double.NaN;
        } else {
            probability = error == 0 ? 0 : 2 * upperTail(Math.abs(difference) / error);
        }
        return new Significance(difference, error, probability);
    }

    /** The normal distribution's upper tail (Abramowitz and Stegun 26.2.17), to within 1e-7. */
    static double upperTail(double z) {
        double t = 1 / (1 + 0.2316419 * z);
        double series =
                t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
        return Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI) * series;
    }
}
