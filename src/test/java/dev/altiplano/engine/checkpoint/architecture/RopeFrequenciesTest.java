package dev.altiplano.engine.checkpoint.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What each scaling makes of the frequencies: its ends against the plain ones, and what changes nothing. */
final class RopeFrequenciesTest {

    private static final int DIMENSIONS = 128;

    private static double[] of(RopeScaling scaling, int context) {
        return RopeFrequencies.of(new Rope(10_000, DIMENSIONS, scaling), context)
                .each();
    }

    @Test
    void aFactorOfOneChangesNothing() {
        double[] plain = of(new RopeScaling.None(), 4096);
        assertThat(plain[0]).isEqualTo(1);
        assertThat(plain[32]).isCloseTo(0.01, within(1e-15));
        for (RopeScaling scaling : List.of(
                new RopeScaling.Linear(1),
                new RopeScaling.DynamicNtk(1, 4096),
                new RopeScaling.Yarn(1, 4096, 32, 1, true, 1),
                new RopeScaling.Llama3(1, 1, 4, 4096),
                new RopeScaling.Divided(new RopeScaling.None(), Collections.nCopies(64, 1.0)))) {
            double[] scaled = of(scaling, 4096);
            for (int k = 0; k < plain.length; k++) {
                assertThat(scaled[k]).as("%s, pair %d", scaling, k).isCloseTo(plain[k], within(1e-15));
            }
        }
    }

    @Test
    void yarnAndLlama3KeepHighFrequenciesAndDivideLowOnes() {
        double[] plain = of(new RopeScaling.None(), 4096);
        for (RopeScaling scaling :
                List.of(new RopeScaling.Yarn(8, 4096, 32, 1, true, 1), new RopeScaling.Llama3(8, 1, 4, 8192))) {
            double[] scaled = of(scaling, 65_536);
            assertThat(scaled[0]).isEqualTo(plain[0]);
            assertThat(scaled[63]).isCloseTo(plain[63] / 8, within(1e-15));
            for (int k = 1; k < plain.length; k++) {
                assertThat(scaled[k]).isBetween(plain[k] / 8 - 1e-15, plain[k]).isLessThan(scaled[k - 1]);
            }
        }
    }

    @Test
    void dynamicNtkFollowsFromTheLongestSequence() {
        RopeScaling dynamic = new RopeScaling.DynamicNtk(4, 2048);
        assertThat(of(dynamic, 2048)).isEqualTo(of(new RopeScaling.None(), 2048));
        double base = 10_000 * Math.pow(4 * 4096.0 / 2048 - 3, 128.0 / 126);
        assertThat(of(dynamic, 4096)[1]).isCloseTo(Math.pow(base, -2.0 / 128), within(1e-15));
    }

    @Test
    void longRopeChoosesByTheContext() {
        RopeScaling scaling =
                new RopeScaling.LongRope(Collections.nCopies(64, 2.0), Collections.nCopies(64, 5.0), 4096, 1.2);
        assertThat(of(scaling, 4096)[0]).isEqualTo(0.5);
        assertThat(of(scaling, 4097)[0]).isEqualTo(0.2);
        assertThat(RopeFrequencies.of(new Rope(10_000, DIMENSIONS, scaling), 4096)
                        .amplitude())
                .isEqualTo(1.2);
    }

    @Test
    void scalingsStack() {
        RopeScaling divided = new RopeScaling.Divided(new RopeScaling.Linear(4), Collections.nCopies(64, 2.0));
        RopeFrequencies both =
                RopeFrequencies.of(new Rope(10_000, DIMENSIONS, new RopeScaling.Amplified(divided, 1.5)), 4096);
        assertThat(both.each()[0]).isEqualTo(0.125);
        assertThat(both.amplitude()).isEqualTo(1.5);
    }

    @Test
    void numbersThatGiveNoFrequencyAreRefused() {
        for (double factor : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> new RopeScaling.Linear(factor))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("factor is " + factor);
        }
        assertThatThrownBy(() -> new RopeScaling.Llama3(8, 4, 1, 8192)).hasMessageContaining("low_freq_factor");
        assertThatThrownBy(() -> new Rope(10_000, 7, new RopeScaling.None())).hasMessageContaining("pairs");
    }
}
