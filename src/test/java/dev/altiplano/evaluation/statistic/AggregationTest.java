package dev.altiplano.evaluation.statistic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/** Values and standard errors against those that lm-evaluation-harness' own functions gave for the same numbers. */
final class AggregationTest {

    private static final List<Measurement> VALUES = DoubleStream.of(-0.5, -1.25, -3.0, -0.125, -2.75, -7.5, -1.0)
            .mapToObj(Measurement::of)
            .toList();

    @Test
    void isTheHarnessMean() {
        assertThat(Aggregation.MEAN.of(VALUES, false)).isEqualTo(-2.3035714285714284);
        assertThat(StandardError.of(Aggregation.MEAN, VALUES, false, 1)).isEqualTo(0.9573715966904698, within(1e-15));
        assertThat(Aggregation.MEDIAN.of(VALUES, false)).isEqualTo(-1.25);
    }

    @Test
    void isTheHarnessPerplexityWithItsBootstrap() {
        assertThat(Aggregation.PERPLEXITY.of(VALUES, false)).isEqualTo(10.00986822166285, within(1e-14));
        assertThat(StandardError.of(Aggregation.PERPLEXITY, VALUES, false, 3000))
                .isEqualTo(21.17142857788457, within(1e-10));
        assertThat(StandardError.of(Aggregation.MEDIAN, VALUES, false, 2000))
                .isEqualTo(1.0395831737679042, within(1e-12));
    }

    @Test
    void isTheHarnessWeightedPerplexity() {
        List<Measurement> items = List.of(new Measurement(-10, 5), new Measurement(-30, 9), new Measurement(-7.5, 2));
        assertThat(Aggregation.WEIGHTED_PERPLEXITY.of(items, false)).isEqualTo(19.46756991825522, within(1e-14));
        assertThat(Aggregation.BITS_PER_BYTE.of(items, false)).isEqualTo(4.2830009026391105, within(1e-15));
        assertThat(StandardError.of(Aggregation.BITS_PER_BYTE, items, false, 100))
                .isNaN();
    }

    @Test
    void poolsErrorsAsTheHarness() {
        assertThat(StandardError.pooled(List.of(0.01, 0.03, 0.02), List.of(100, 40, 7)))
                .isEqualTo(0.010671873729054749, within(1e-17));
    }

    @Test
    void hasF1AndCorrelationByTheirDefinitions() {
        // True and predicted: three hits, one miss, two false alarms, four right rejections.
        List<Measurement> items = List.of(
                new Measurement(1, 1),
                new Measurement(1, 1),
                new Measurement(1, 1),
                new Measurement(1, 0),
                new Measurement(0, 1),
                new Measurement(0, 1),
                new Measurement(0, 0),
                new Measurement(0, 0),
                new Measurement(0, 0),
                new Measurement(0, 0));
        assertThat(Aggregation.F1.of(items, false)).isEqualTo(2 * 3 / (2 * 3 + 1.0 + 2));
        assertThat(Aggregation.MATTHEWS_CORRCOEF.of(items, false))
                .isEqualTo((3 * 4 - 2 * 1) / Math.sqrt(5.0 * 4 * 6 * 5), within(1e-15));
    }

    @Test
    void tellsChanceFromADifference() {
        Significance same = Significance.paired(List.of(1.0, 0.0, 1.0), List.of(1.0, 0.0, 1.0));
        assertThat(same.difference()).isZero();
        assertThat(same.probability()).isEqualTo(1);
        Significance far = Significance.independent(0.5, 0.01, 0.54, 0.01);
        assertThat(far.difference()).isEqualTo(0.04, within(1e-12));
        // z = 2.8284: two-sided 0.004678 in a table of the normal distribution.
        assertThat(far.probability()).isEqualTo(0.004678, within(2e-6));
    }
}
