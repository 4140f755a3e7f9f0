package dev.altiplano.evaluation.statistic;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How the values of documents become the value of a task. Names and arithmetic are lm-evaluation-harness'. */
public enum Aggregation {
    MEAN(Kind.VALUES),
    /** The mean of those that are numbers. */
    NANMEAN(Kind.VALUES),
    /** The upper median. */
    MEDIAN(Kind.VALUES),
    /** exp of the negative mean. */
    PERPLEXITY(Kind.VALUES),
    /** exp of the negative sum of values over the sum of weights. */
    WEIGHTED_PERPLEXITY(Kind.LENGTHS),
    /** The negative sum of values over the sum of weights, in bits. */
    BITS_PER_BYTE(Kind.LENGTHS),
    /** F1 of class 1; values are true classes, weights predicted ones. */
    F1(Kind.CLASSES),
    /** Matthews' correlation of true and predicted classes. */
    MATTHEWS_CORRCOEF(Kind.CLASSES),
    /** The mean of squared errors of probabilities. */
    BRIER_SCORE(Kind.ERRORS);

    /** What is aggregated. */
    public enum Kind {
        VALUES,
        /** Log-likelihoods with lengths. */
        LENGTHS,
        /** True and predicted classes. */
        CLASSES,
        /** Squared errors of probabilities. */
        ERRORS
    }

    private final Kind kind;

    Aggregation(Kind kind) {
        this.kind = kind;
    }

    /** What it is made for. */
    public Kind kind() {
        return kind;
    }

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

    /**
     * Whether its value is a number of NumPy in the harness.
     *
     * @param numpy whether the items are
     */
    public boolean isNumpy(boolean numpy) {
        return switch (this) {
            case MEAN, MEDIAN -> numpy;
            case PERPLEXITY, WEIGHTED_PERPLEXITY, BITS_PER_BYTE, MATTHEWS_CORRCOEF -> false;
            case NANMEAN, F1, BRIER_SCORE -> true;
        };
    }

    /**
     * The value over {@code items}; NaN of none.
     *
     * @param numpy whether the items are numbers of NumPy in the harness: it adds them up in another way
     */
    public double of(List<Measurement> items, boolean numpy) {
        if (items.isEmpty()) {
            return Double.NaN;
        }
        return switch (this) {
            case MEAN -> mean(items, numpy);
            case NANMEAN -> {
                double[] numbers = items.stream()
                        .mapToDouble(Measurement::value)
                        .map(value -> Double.isNaN(value) ? 0 : value)
                        .toArray();
                long count = items.stream()
                        .filter(item -> !Double.isNaN(item.value()))
                        .count();
                yield count == 0 ? Double.NaN : NumpySum.of(numbers) / count;
            }
            case MEDIAN ->
                items.stream().mapToDouble(Measurement::value).sorted().toArray()[items.size() / 2];
            case PERPLEXITY -> Math.exp(-mean(items, numpy));
            case WEIGHTED_PERPLEXITY -> Math.exp(-weightedMean(items));
            case BITS_PER_BYTE -> -weightedMean(items) / Math.log(2);
            case F1 -> f1(items);
            case MATTHEWS_CORRCOEF -> Matthews.of(items);
            case BRIER_SCORE ->
                NumpySum.of(items.stream().mapToDouble(Measurement::value).toArray()) / items.size();
        };
    }

    private static double mean(List<Measurement> items, boolean numpy) {
        Sum sum = new Sum();
        for (Measurement item : items) {
            sum.add(item.value(), numpy);
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

    /**
     * Whether there are classes that {@link #F1} has no value of: three or more, or two of which none is 1.
     */
    public static boolean hasNoF1(List<Measurement> items) {
        Set<Double> classes = items.stream()
                .flatMap(item -> Stream.of(item.value(), item.weight()))
                .collect(Collectors.toSet());
        return classes.size() > 2 || classes.size() == 2 && !classes.contains(1.0);
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
