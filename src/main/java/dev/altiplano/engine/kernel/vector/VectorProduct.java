package dev.altiplano.engine.kernel.vector;

import jdk.incubator.vector.FloatVector;

/**
 * The product that matrices and attention share: numbers from the left, each spread over the lanes, times rows of
 * {@link Lanes#PAIR} floats from the right, summed in the order of the rows by one chain of fused multiply-adds for each element.
 */
final class VectorProduct {

    private static final int LENGTH = Lanes.LENGTH;
    private static final int PAIR = Lanes.PAIR;

    private VectorProduct() {}

    /**
     * {@code sums[s + i] = Σ left[l + k] · right[from + k · PAIR + i]} over k below {@code count}, for four pairs of l and s; added to
     * what is there unless {@code fresh}.
     */
    static void multiply4(
            float[] left,
            int l0,
            int l1,
            int l2,
            int l3,
            float[] right,
            int from,
            int count,
            float[] sums,
            int s0,
            int s1,
            int s2,
            int s3,
            boolean fresh) {
        FloatVector zero = FloatVector.zero(Lanes.FLOATS);
        FloatVector a0 = fresh ? zero : FloatVector.fromArray(Lanes.FLOATS, sums, s0);
        FloatVector b0 = fresh ? zero : FloatVector.fromArray(Lanes.FLOATS, sums, s0 + LENGTH);
        FloatVector a1 = fresh ? zero : FloatVector.fromArray(Lanes.FLOATS, sums, s1);
        FloatVector b1 = fresh ? zero : FloatVector.fromArray(Lanes.FLOATS, sums, s1 + LENGTH);
        FloatVector a2 = fresh ? zero : FloatVector.fromArray(Lanes.FLOATS, sums, s2);
        FloatVector b2 = fresh ? zero : FloatVector.fromArray(Lanes.FLOATS, sums, s2 + LENGTH);
        FloatVector a3 = fresh ? zero : FloatVector.fromArray(Lanes.FLOATS, sums, s3);
        FloatVector b3 = fresh ? zero : FloatVector.fromArray(Lanes.FLOATS, sums, s3 + LENGTH);
        for (int k = 0; k < count; k++) {
            FloatVector a = FloatVector.fromArray(Lanes.FLOATS, right, from + k * PAIR);
            FloatVector b = FloatVector.fromArray(Lanes.FLOATS, right, from + LENGTH + k * PAIR);
            FloatVector spread = FloatVector.broadcast(Lanes.FLOATS, left[l0 + k]);
            a0 = spread.fma(a, a0);
            b0 = spread.fma(b, b0);
            spread = FloatVector.broadcast(Lanes.FLOATS, left[l1 + k]);
            a1 = spread.fma(a, a1);
            b1 = spread.fma(b, b1);
            spread = FloatVector.broadcast(Lanes.FLOATS, left[l2 + k]);
            a2 = spread.fma(a, a2);
            b2 = spread.fma(b, b2);
            spread = FloatVector.broadcast(Lanes.FLOATS, left[l3 + k]);
            a3 = spread.fma(a, a3);
            b3 = spread.fma(b, b3);
        }
        a0.intoArray(sums, s0);
        b0.intoArray(sums, s0 + LENGTH);
        a1.intoArray(sums, s1);
        b1.intoArray(sums, s1 + LENGTH);
        a2.intoArray(sums, s2);
        b2.intoArray(sums, s2 + LENGTH);
        a3.intoArray(sums, s3);
        b3.intoArray(sums, s3 + LENGTH);
    }

    /** The same for one l and s. */
    static void multiply1(float[] left, int l, float[] right, int from, int count, float[] sums, int s, boolean fresh) {
        FloatVector zero = FloatVector.zero(Lanes.FLOATS);
        FloatVector sumA = fresh ? zero : FloatVector.fromArray(Lanes.FLOATS, sums, s);
        FloatVector sumB = fresh ? zero : FloatVector.fromArray(Lanes.FLOATS, sums, s + LENGTH);
        for (int k = 0; k < count; k++) {
            FloatVector spread = FloatVector.broadcast(Lanes.FLOATS, left[l + k]);
            sumA = spread.fma(FloatVector.fromArray(Lanes.FLOATS, right, from + k * PAIR), sumA);
            sumB = spread.fma(FloatVector.fromArray(Lanes.FLOATS, right, from + LENGTH + k * PAIR), sumB);
        }
        sumA.intoArray(sums, s);
        sumB.intoArray(sums, s + LENGTH);
    }
}
