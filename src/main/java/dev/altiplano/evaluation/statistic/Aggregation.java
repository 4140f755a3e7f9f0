package dev.altiplano.evaluation.statistic;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How the values of documents become the value of a task. Names and arithmetic are lm-evaluation-harness'. */
public enum Aggregation {
    MEAN,
    /** The mean of those that are numbers. */
    NANMEAN,
    /** The upper median. */
    MEDIAN,
    /** exp of the negative mean. */
    PERPLEXITY,
    /** exp of the negative sum of values over the sum of weights. */
    WEIGHTED_PERPLEXITY,
    /** The negative sum of values over the sum of weights, in bits. */
    BITS_PER_BYTE,
    /** F1 of class 1; values are true classes, weights predicted ones. */
    F1,
    /** Matthews' correlation of true and predicted classes. */
    MATTHEWS_CORRCOEF;

    /** The name in task files. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The aggregation of that name. */
    public static Optional<Aggregation> named(String label) {
        return Arrays.stream(values())
                .filter(aggregation -> aggregation.label().equals(label))
                .findFirst();
    }

    /** The value over {@code items}; NaN of none. */
    public double of(List<Measurement> items) {
        if (items.isEmpty()) {
            return Double.NaN;
        }
        return switch (this) {
            case MEAN -> mean(items);
            case NANMEAN -> {
                List<Measurement> numbers = new ArrayList<>(items);
                numbers.removeIf(item -> Double.isNaN(item.value()));
                yield numbers.isEmpty() ? Double.NaN : mean(numbers);
            }
            case MEDIAN ->
                items.stream().mapToDouble(Measurement::value).sorted().toArray()[items.size() / 2];
            case PERPLEXITY -> Math.exp(-mean(items));
            case WEIGHTED_PERPLEXITY -> Math.exp(-weightedMean(items));
            case BITS_PER_BYTE -> -weightedMean(items) / Math.log(2);
            case F1 -> f1(items);
            case MATTHEWS_CORRCOEF -> Matthews.of(items);
        };
    }

    private static double mean(List<Measurement> items) {
        Sum sum = new Sum();
        for (Measurement item : items) {
            sum.add(item.value());
        }
        return sum.value() / items.size();
    }

    private static double weightedMean(List<Measurement> items) {
        Sum values = new Sum();
        Sum weights = new Sum();
        for (Measurement item : items) {
            values.add(item.value());
            weights.add(item.weight());
        }
        return values.value() / weights.value();
    }

    private static double f1(List<Measurement> items) {
        double both = 0;
        double marked = 0;
        for (Measurement item : items) {
            both += item.value() == 1 && item.weight() == 1 ? 1 : 0;
            marked += (item.value() == 1 ? 1 : 0) + (item.weight() == 1 ? 1 : 0);
        }
        return marked == 0 ? 0 : 2 * both / marked;
    }
}
