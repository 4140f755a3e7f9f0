package dev.altiplano.evaluation.divergence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.altiplano.engine.os.WorkerPool;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/** Two tokens over a vocabulary of three, reckoned by hand. */
final class TokenComparisonTest {

    private static float log(double p) {
        return (float) (Math.log(p) + 3);
    }

    @Test
    void isTheDivergenceOfTheDistributions() {
        float[] reference = {log(0.5), log(0.25), log(0.25), log(0.1), log(0.2), log(0.7)};
        float[] model = {log(0.25), log(0.5), log(0.25), log(0.1), log(0.2), log(0.7)};
        Divergence result;
        try (WorkerPool pool = new WorkerPool(2)) {
            TokenComparison comparison = new TokenComparison(pool);
            comparison.add(MemorySegment.ofArray(reference), MemorySegment.ofArray(model), 3, new int[] {0, 2});
            result = comparison.result();
        }
        double kl = 0.5 * Math.log(2) + 0.25 * Math.log(0.5);
        assertThat(result.klDivergence().maximum()).isEqualTo(kl, within(1e-6));
        assertThat(result.klDivergence().mean()).isEqualTo(kl / 2, within(1e-6));
        assertThat(result.klDivergence().median()).isEqualTo(kl / 2, within(1e-6));
        assertThat(result.probabilityChange().minimum()).isEqualTo(-0.25, within(1e-6));
        assertThat(result.rootMeanSquareChange()).isEqualTo(0.25 / Math.sqrt(2), within(1e-6));
        assertThat(result.sameTop()).isEqualTo(0.5);
        assertThat(result.perplexity()).isEqualTo(1 / Math.sqrt(0.25 * 0.7), within(1e-5));
        assertThat(result.referencePerplexity()).isEqualTo(1 / Math.sqrt(0.5 * 0.7), within(1e-5));
        assertThat(Math.exp(result.logRatio()))
                .isEqualTo(result.perplexity() / result.referencePerplexity(), within(1e-6));
        assertThat(result.logRatioError()).isEqualTo(Math.log(2) / 2, within(1e-6));
    }

    @Test
    void takesQuantilesInProportion() {
        double[] values = {1, 2, 3, 5};
        assertThat(Divergence.quantile(values, 0)).isEqualTo(1);
        assertThat(Divergence.quantile(values, 0.5)).isEqualTo(2.5);
        assertThat(Divergence.quantile(values, 0.9)).isEqualTo(4.4, within(1e-12));
        assertThat(Divergence.quantile(values, 1)).isEqualTo(5);
    }
}
