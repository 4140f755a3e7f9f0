package dev.altiplano.evaluation.statistic;

import java.util.ArrayList;
import java.util.List;

/**
 * The standard error of an aggregation as lm-evaluation-harness reckons it: of a mean from the sample's deviation, of a
 * median, an F1, a correlation and a perplexity by the bootstrap, of weighted sums none (NaN).
 */
public final class StandardError {

    /** Resamples of the bootstrap unless told otherwise. */
    public static final int RESAMPLES = 100_000;

    private static final int CHUNK = 1000;

    private StandardError() {}

    /**
     * The standard error of {@code aggregation} over {@code items}; NaN where there is none.
     *
     * @param numpy whether the items are numbers of NumPy in the harness
     * @param resamples of the bootstrap; 0 gives no standard error at all
     */
    public static double of(Aggregation aggregation, List<Measurement> items, boolean numpy, int resamples) {
        if (resamples <= 0 || items.size() < 2) {
            return Double.NaN;
        }
        return switch (aggregation) {
            case MEAN ->
                sampleDeviation(items.stream().map(Measurement::value).toList(), numpy) / Math.sqrt(items.size());
            case NANMEAN, MEDIAN, PERPLEXITY, F1, MATTHEWS_CORRCOEF -> bootstrap(aggregation, items, numpy, resamples);
            case WEIGHTED_PERPLEXITY, BITS_PER_BYTE, BRIER_SCORE -> Double.NaN;
        };
    }

    /** Resamples in chunks of 1,000, each drawn by Python's generator seeded with the chunk's number. */
    private static double bootstrap(Aggregation aggregation, List<Measurement> items, boolean numpy, int resamples) {
        int chunk = Math.min(CHUNK, resamples);
        List<Double> replicates = new ArrayList<>();
        List<Measurement> drawn = new ArrayList<>(items);
        for (int i = 0; i < resamples / chunk; i++) {
            PythonRandom random = new PythonRandom(i);
            for (int j = 0; j < chunk; j++) {
                for (int k = 0; k < items.size(); k++) {
                    drawn.set(k, items.get(random.choice(items.size())));
                }
                replicates.add(aggregation.of(drawn, numpy));
            }
        }
        return sampleDeviation(replicates, aggregation.isNumpy(numpy));
    }

    /** With Bessel's correction. */
    static double sampleDeviation(List<Double> values, boolean numpy) {
        Sum sum = new Sum();
        values.forEach(value -> sum.add(value, numpy));
        double mean = sum.value() / values.size();
        Sum squares = new Sum();
        for (double value : values) {
            squares.add((value - mean) * (value - mean), numpy);
        }
        return Math.sqrt(squares.value() / (values.size() - 1));
    }

    /** The standard error over all documents of several tasks, from each task's own and its number of documents. */
    public static double pooled(List<Double> errors, List<Integer> sizes) {
        Sum variance = new Sum();
        double total = 0;
        for (int i = 0; i < errors.size(); i++) {
            double size = sizes.get(i);
            variance.add((size - 1) * (errors.get(i) * errors.get(i)) * size);
            total += size;
        }
        return Math.sqrt(variance.value() / (total - errors.size()) / total);
    }
}
