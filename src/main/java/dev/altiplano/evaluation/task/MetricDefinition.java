package dev.altiplano.evaluation.task;

import dev.altiplano.evaluation.statistic.Aggregation;

/**
 * A metric that a task asks for.
 *
 * @param context for {@link Metric#ACC_NORM_ANSWER} the context of the likelihood that is divided by
 * @param matching for {@link Metric#EXACT_MATCH} what is ignored
 */
public record MetricDefinition(
        Metric metric, Aggregation aggregation, boolean higherIsBetter, String context, TextMatching matching) {

    /** A metric as it is without further settings. */
    public static MetricDefinition of(Metric metric) {
        return new MetricDefinition(
                metric, metric.aggregation(), metric.higherIsBetter(), "Answer:", TextMatching.EXACT);
    }
}
