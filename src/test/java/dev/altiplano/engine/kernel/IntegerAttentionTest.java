package dev.altiplano.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Attention to keys and values of 16-bit integers: as exact as float16, no sum leaves 32 bits, and nothing unseen has a say. */
class IntegerAttentionTest {

    private static final int HEAD_DIM = 64;
    private static final int LENGTH = 300;

    static Stream<String> all() {
        return TestLayers.all();
    }

    @Test
    void itIsAsExactAsFloat16() {
        List<float[]> exact = attend("scalar", KvFormat.F32, 0, scene -> {});
        double half = error(attend("scalar", KvFormat.F16, 0, scene -> {}), exact);
        double integers = error(attend("scalar", KvFormat.I16, 0, scene -> {}), exact);
        assertThat(integers).isPositive().isLessThan(1.5 * half);
    }

    /** Some keys, queries and values are hundreds of times as long as others, and some of their elements as those beside them. */
    @Test
    void outliersCostNoMoreThanInFloat16() {
        Consumer<AttentionScene> outliers = scene -> {
            for (int p = 0; p < LENGTH; p++) {
                float[] row = scene.row(0, p);
                for (int head = 0; head < 3; head++) {
                    row[head * HEAD_DIM + 5] *= 12f;
                    row[head * HEAD_DIM + 6] *= p % 50 == 0 ? 40f : 1f;
                }
            }
        };
        List<float[]> exact = attend("scalar", KvFormat.F32, 0, outliers);
        double half = error(attend("scalar", KvFormat.F16, 0, outliers), exact);
        double integers = error(attend("scalar", KvFormat.I16, 0, outliers), exact);
        assertThat(integers).isPositive().isLessThan(2 * half);
    }

    /** Queries equal to keys, all weights alike, and all values at their limit: the largest sums that there can be. */
    @ParameterizedTest
    @MethodSource("all")
    void theLargestSumsStayInside32Bits(String name) {
        for (float sign : new float[] {1f, -1f}) {
            for (boolean spike : new boolean[] {false, true}) {
                List<float[]> results = attend(name, KvFormat.I16, 0, scene -> {
                    for (int p = 0; p < LENGTH; p++) {
                        float[] row = scene.row(0, p);
                        // Elements that no angle turns: the pair of the lowest frequency.
                        Arrays.fill(row, 0, 2 * HEAD_DIM, 0f);
                        row[HEAD_DIM - 2] = 3f;
                        row[2 * HEAD_DIM - 2] = spike && p != 7 ? -3f : 3f;
                        Arrays.fill(row, 2 * HEAD_DIM, 3 * HEAD_DIM, sign * (p == 7 ? 5f : 0.5f));
                    }
                });
                double sum = 0;
                double weights = 0;
                for (int p = 0; p < LENGTH; p++) {
                    double weight = Math.exp((spike && p != 7 ? -1 : 1) * 9 / Math.sqrt(HEAD_DIM));
                    weights += weight;
                    sum += weight * sign * (p == 7 ? 5 : 0.5);
                    float[] result = results.get(p);
                    for (int d = 0; d < HEAD_DIM; d++) {
                        assertThat(result[d])
                                .as("%s, position %d, element %d", name, p, d)
                                .isCloseTo((float) (sum / weights), within(2e-3f));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void whatIsNoNumberReachesThoseWhoSeeItAlone(String name) {
        int window = 20;
        int bad = 100;
        List<float[]> clean = attend(name, KvFormat.I16, window, scene -> {});
        for (float value : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1e30f}) {
            for (int part = 1; part <= 2; part++) {
                int element = part * HEAD_DIM + 3;
                List<float[]> results = attend(name, KvFormat.I16, window, scene -> scene.row(0, bad)[element] = value);
                for (int p = 0; p < LENGTH; p++) {
                    float[] outputs = Arrays.copyOf(results.get(p), HEAD_DIM);
                    if (p >= bad && p < bad + window) {
                        for (float output : outputs) {
                            assertThat(output)
                                    .as("%s, position %d, %s", name, p, value)
                                    .isNaN();
                        }
                    } else {
                        assertThat(outputs)
                                .as("%s, position %d, %s", name, p, value)
                                .containsExactly(Arrays.copyOf(clean.get(p), HEAD_DIM));
                    }
                }
            }
        }
    }

    /** One element or all of a magnitude: every backend keeps the same and gives the same, whatever is too small to be squared. */
    @Test
    void everyMagnitudeIsTreatedAlike() {
        byte[] kept = null;
        List<float[]> expected = List.of();
        for (String name : all().toList()) {
            List<float[]> results = new ArrayList<>();
            try (TestLayers layers = new TestLayers(name, 2);
                    AttentionScene scene = new AttentionScene(KvFormat.I16, 1, 1, HEAD_DIM, 16, 3, LENGTH)) {
                for (int p = 0; p < LENGTH; p++) {
                    float[] row = scene.row(0, p);
                    float magnitude = (float) Math.pow(10, -40 + p / 2 * 57. / (LENGTH / 2));
                    for (int i = 0; i < row.length; i++) {
                        boolean counts = p % 2 == 0 || i % HEAD_DIM == p % HEAD_DIM;
                        row[i] = counts ? row[i] * magnitude : 0f;
                    }
                }
                results.addAll(scene.prefill(layers.layer, 0, 130));
                kept = kept == null ? scene.kvBytes() : kept;
                assertThat(Arrays.equals(scene.kvBytes(), kept)).as(name).isTrue();
            }
            expected = expected.isEmpty() ? results : expected;
            for (int p = 0; p < LENGTH; p++) {
                assertThat(results.get(p)).as("%s, position %d", name, p).containsExactly(expected.get(p));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void zerosGiveZeros(String name) {
        List<float[]> results = attend(name, KvFormat.I16, 0, scene -> {
            for (int p = 0; p < LENGTH; p++) {
                Arrays.fill(scene.row(0, p), p % 2 == 0 ? 0f : 1e-38f);
            }
        });
        for (float[] result : results) {
            for (int d = 0; d < HEAD_DIM; d++) {
                assertThat(result[d]).isZero();
            }
        }
    }

    private static List<float[]> attend(String name, KvFormat format, int window, Consumer<AttentionScene> change) {
        List<float[]> results = new ArrayList<>();
        try (TestLayers layers = new TestLayers(name, 2);
                AttentionScene scene = new AttentionScene(format, 1, 1, HEAD_DIM, 16, 3, LENGTH).windowed(window)) {
            change.accept(scene);
            results.addAll(scene.prefill(layers.layer, 0, 130));
        }
        return results;
    }

    /** The root of the mean square of what outputs differ by. */
    private static double error(List<float[]> actual, List<float[]> exact) {
        double sum = 0;
        for (int row = 0; row < exact.size(); row++) {
            for (int d = 0; d < HEAD_DIM; d++) {
                double difference = actual.get(row)[d] - exact.get(row)[d];
                sum += difference * difference;
            }
        }
        return Math.sqrt(sum / exact.size() / HEAD_DIM);
    }
}
