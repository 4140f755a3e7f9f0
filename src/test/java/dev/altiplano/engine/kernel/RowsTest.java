package dev.altiplano.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.altiplano.engine.kernel.scalar.Exp;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Norm, gate, selection and sums of exponentials: every backend gives the scalar one's bits, and those are right. */
class RowsTest {

    private static final int[] SIZES = {1, 2, 15, 16, 17, 63, 64, 65, 100, 127, 288, 2048, 5632};

    static List<String> all() {
        return TestLayers.all().toList();
    }

    private static MemorySegment random(Arena arena, int count, double spread, long seed) {
        Random random = new Random(seed);
        MemorySegment segment = arena.allocate(4L * count, 64);
        for (int i = 0; i < count; i++) {
            segment.setAtIndex(JAVA_FLOAT, i, (float) (random.nextGaussian() * spread));
        }
        return segment;
    }

    private static void assertSame(String what, MemorySegment actual, MemorySegment expected) {
        long at = actual.mismatch(expected);
        assertThat(at).as(what + ": first different byte").isEqualTo(-1);
    }

    @ParameterizedTest
    @MethodSource("all")
    void normsAndGates(String name) {
        try (TestLayers scalar = new TestLayers("scalar", 1);
                TestLayers other = new TestLayers(name, 3);
                Arena arena = Arena.ofShared()) {
            for (int size : SIZES) {
                for (int rows : new int[] {1, 3, 33}) {
                    String what = name + " " + rows + " rows of " + size;
                    MemorySegment x = random(arena, 2 * rows * size, 30, size);
                    MemorySegment weight = random(arena, size, 1, 7);
                    MemorySegment expected = arena.allocate(4L * rows * size, 64);
                    MemorySegment actual = arena.allocate(4L * rows * size, 64);
                    scalar.layer.rmsNorm(x, weight, 1e-5f, expected, rows, size);
                    other.layer.rmsNorm(x, weight, 1e-5f, actual, rows, size);
                    assertSame("norm " + what, actual, expected);
                    scalar.layer.swiGlu(x, expected, rows, size);
                    other.layer.swiGlu(x, actual, rows, size);
                    assertSame("gate " + what, actual, expected);
                    scalar.layer.rmsNorm(x, weight, 1e-5f, expected, rows, size);
                    other.layer.rmsNorm(x, weight, 1e-5f, x, rows, size);
                    assertSame("norm in place " + what, x.asSlice(0, 4L * rows * size), expected);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void selectionAndSumsOfExponentials(String name) {
        try (TestLayers scalar = new TestLayers("scalar", 1);
                TestLayers other = new TestLayers(name, 1);
                Arena arena = Arena.ofShared()) {
            for (int size : SIZES) {
                MemorySegment values = random(arena, size + 1, 4, size);
                for (int i = 5; i < size; i += 7) {
                    values.setAtIndex(JAVA_FLOAT, i, values.getAtIndex(JAVA_FLOAT, i - 5));
                }
                for (float special : new float[] {0f, Float.NEGATIVE_INFINITY, Float.NaN, Float.POSITIVE_INFINITY}) {
                    String what = name + " " + size + " with " + special;
                    values.setAtIndex(JAVA_FLOAT, size / 2, special);
                    for (int k : new int[] {0, 1, 3, 40, size, size + 5}) {
                        int[] expected = new int[size + 5];
                        int[] actual = new int[size + 5];
                        int count = scalar.layer.topK(values, 4, size, k, expected);
                        assertThat(other.layer.topK(values, 4, size, k, actual)).isEqualTo(count);
                        assertThat(actual).as(what + " top " + k).isEqualTo(expected);
                    }
                    assertThat((Double) other.layer.logSumExp(values, 4, size))
                            .as("log of sum " + what)
                            .isEqualTo(Double.valueOf(scalar.layer.logSumExp(values, 4, size)));
                    MemorySegment expected = arena.allocate(4L * size, 64);
                    MemorySegment actual = arena.allocate(4L * size, 64);
                    double sum = scalar.layer.softmax(values, 4, size, 0.7f, expected);
                    assertThat(other.layer.softmax(values, 4, size, 0.7f, actual))
                            .as("softmax " + what)
                            .isEqualTo(sum);
                    assertSame("softmax " + what, actual, expected);
                }
            }
        }
    }

    @Test
    void selectionSortsLargestFirstAndSmallerIndexFirst() {
        Random random = new Random(3);
        int size = 1000;
        try (TestLayers scalar = new TestLayers("scalar", 1);
                Arena arena = Arena.ofConfined()) {
            MemorySegment values = arena.allocate(4L * size, 64);
            Float[] plain = new Float[size];
            for (int i = 0; i < size; i++) {
                plain[i] = i % 97 == 0 ? Float.NaN : (float) random.nextInt(50);
                values.setAtIndex(JAVA_FLOAT, i, plain[i]);
                plain[i] = plain[i].isNaN() ? Float.NEGATIVE_INFINITY : plain[i];
            }
            int[] expected = IntStream.range(0, size)
                    .boxed()
                    .sorted((a, b) -> plain[a].equals(plain[b]) ? a - b : plain[b].compareTo(plain[a]))
                    .mapToInt(i -> i)
                    .toArray();
            for (int k : new int[] {1, 2, 100, size}) {
                int[] indices = new int[k];
                assertThat(scalar.layer.topK(values, 0, size, k, indices)).isEqualTo(k);
                assertThat(indices).isEqualTo(Arrays.copyOf(expected, k));
            }
        }
    }

    @Test
    void normGateAndLogSumExpAreWhatTheyAreCalled() {
        int size = 777;
        try (TestLayers scalar = new TestLayers("scalar", 1);
                Arena arena = Arena.ofConfined()) {
            MemorySegment x = random(arena, 2 * size, 3, 1);
            MemorySegment weight = random(arena, size, 1, 2);
            MemorySegment out = arena.allocate(4L * size, 64);
            double squares = 0;
            double exponentials = 0;
            for (int i = 0; i < size; i++) {
                squares += Math.pow(x.getAtIndex(JAVA_FLOAT, i), 2);
                exponentials += Math.exp(x.getAtIndex(JAVA_FLOAT, i));
            }
            assertThat(scalar.layer.logSumExp(x, 0, size)).isCloseTo(Math.log(exponentials), within(1e-6));
            scalar.layer.rmsNorm(x, weight, 1e-5f, out, 1, size);
            for (int i = 0; i < size; i++) {
                double expected = x.getAtIndex(JAVA_FLOAT, i)
                        / Math.sqrt(squares / size + 1e-5)
                        * weight.getAtIndex(JAVA_FLOAT, i);
                assertThat((double) out.getAtIndex(JAVA_FLOAT, i))
                        .isCloseTo(expected, within(1e-6 * Math.abs(expected) + 1e-9));
            }
            scalar.layer.swiGlu(x, out, 1, size);
            for (int i = 0; i < size; i++) {
                double gate = x.getAtIndex(JAVA_FLOAT, i);
                double expected = gate / (1 + Math.exp(-gate)) * x.getAtIndex(JAVA_FLOAT, size + i);
                assertThat((double) out.getAtIndex(JAVA_FLOAT, i))
                        .isCloseTo(expected, within(1e-6 * Math.abs(expected) + 1e-9));
            }
        }
    }

    @Test
    void exponentialIsWithinOneUnitInTheLastPlace() {
        double worst = 0;
        for (int bits = Float.floatToIntBits(1e-9f); bits < Float.floatToIntBits(88f); bits += 97) {
            for (float x : new float[] {Float.intBitsToFloat(bits), -Float.intBitsToFloat(bits)}) {
                if (x >= Exp.LOWEST) {
                    double expected = Math.exp(x);
                    worst = Math.max(worst, Math.abs(Exp.exp(x) - expected) / Math.ulp((float) expected));
                }
            }
        }
        assertThat(worst).isLessThan(1);
        assertThat(Exp.exp(0f)).isEqualTo(1f);
        assertThat(Exp.exp(Float.NEGATIVE_INFINITY)).isZero();
        assertThat(Exp.exp(-88f)).isZero();
        assertThat(Exp.exp(1000f)).isFinite();
        assertThat(Exp.exp(Float.NaN)).isNaN();
        assertThat(Exp.silu(-1000f)).isBetween(-1e-30f, 0f);
    }
}
