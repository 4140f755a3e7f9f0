package dev.altiplano.evaluation.run;

import java.util.List;

/**
 * A metric's value.
 *
 * @param filter the filters behind which it was measured
 * @param standardError NaN where there is none
 * @param numpy whether the harness has the value as a number of NumPy, which it adds up in another way
 * @param documents what each document gave, in order; empty for groups
 */
public record MetricResult(
        String metric,
        String filter,
        double value,
        double standardError,
        boolean higherIsBetter,
        boolean numpy,
        List<Double> documents) {

    public MetricResult {
        documents = List.copyOf(documents);
    }

    /** {@code acc,none}: the name that lm-evaluation-harness gives it. */
    public String key() {
        return metric + "," + filter;
    }
}
