package dev.altiplano.evaluation.statistic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Draws against those of CPython 3.11. */
final class PythonRandomTest {

    @Test
    void drawsTheSameBitsAndNumbers() {
        PythonRandom random = new PythonRandom(1234);
        assertThat(new long[] {random.bits(32), random.bits(32), random.bits(32), random.bits(32)})
                .containsExactly(4150886329L, 3342196574L, 1892932127L, 501869158L);
        assertThat(random.nextDouble()).isEqualTo(0.007491470058587191);
        assertThat(random.nextDouble()).isEqualTo(0.9109759624491242);
    }

    @Test
    void takesTheSameSamplesOneAfterTheOther() {
        PythonRandom random = new PythonRandom(1234);
        assertThat(random.sample(5, 3)).containsExactly(3, 0, 4);
        assertThat(random.sample(100, 5)).containsExactly(11, 74, 4, 85, 88);
        assertThat(random.sample(21, 5)).containsExactly(2, 3, 11, 7, 0);
        assertThat(random.sample(22, 5)).containsExactly(0, 11, 20, 19, 15);
        assertThat(random.sample(85, 6)).containsExactly(78, 59, 19, 11, 23, 14);
        assertThat(random.sample(86, 6)).containsExactly(1, 64, 62, 31, 8, 85);
        assertThat(random.sample(1000, 25))
                .containsExactly(
                        554, 934, 477, 70, 615, 691, 91, 527, 592, 47, 276, 844, 569, 64, 660, 309, 492, 870, 363, 272,
                        255, 671, 955, 204, 464);
        assertThat(random.sample(1119, 32)).startsWith(1085, 39, 1040, 144, 11).endsWith(363, 556, 316, 614);
        assertThat(random.sample(10000, 64)).startsWith(2532, 7610, 672).endsWith(3188, 7529, 8200, 3871);
    }

    @Test
    void takesSeedsOfMoreThan32Bits() {
        PythonRandom random = new PythonRandom((1L << 40) + 7);
        assertThat(new int[] {random.below(1000), random.below(1000), random.below(1000), random.below(1000)})
                .containsExactly(628, 765, 834, 960);
    }

    @Test
    void choosesWithReplacement() {
        PythonRandom random = new PythonRandom(0);
        int[] choices = new int[10];
        Arrays.setAll(choices, i -> random.choice(7));
        assertThat(choices).containsExactly(5, 5, 2, 1, 3, 2, 5, 2, 3, 4);
    }

    @Test
    void refusesASampleLargerThanThePopulation() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PythonRandom(1).sample(3, 4))
                .withMessageContaining("4")
                .withMessageContaining("3");
    }
}
