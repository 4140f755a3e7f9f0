package dev.altiplano.engine.kernel.vector;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LSHL;

import dev.altiplano.engine.kernel.AttentionPlan;
import dev.altiplano.engine.kernel.KvFormat;
import dev.altiplano.engine.kernel.KvShape;
import dev.altiplano.engine.kernel.scalar.Int16;
import dev.altiplano.engine.kernel.scalar.ScalarAttention;
import dev.altiplano.engine.kernel.scalar.ScalarRows;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** The two products of a tile's section where keys and values are integers ({@link KvFormat#I16}): one thread's memory. */
final class VectorIntegers {

    private static final int SECTION = AttentionPlan.SECTION;
    private static final int LENGTH = Lanes.LENGTH;
    private static final int PAIR = Lanes.PAIR;

    private final int headDim;
    private final int width;
    private final int[] queries;
    private final float[] queryScales;
    private final int[] weights;
    private final float[] weightScales;
    private final int[] sums;
    /** Keys {@code [headDim][PAIR]}, or values {@code [SECTION][PAIR]}. */
    private final int[] panel;

    private final float[] keyScales = new float[SECTION];
    private final float[] valueScales = new float[SECTION];
    private final float[] lanes = new float[ScalarAttention.LANES];

    VectorIntegers(int headDim, int width, int mostQueries) {
        this.headDim = headDim;
        this.width = width;
        queries = new int[mostQueries * headDim];
        queryScales = new float[mostQueries];
        weights = new int[mostQueries * SECTION];
        weightScales = new float[mostQueries];
        sums = new int[PAIR];
        panel = new int[Math.max(headDim, SECTION) * PAIR];
    }

    /** Takes over queries that are scaled; {@code scaled} is overwritten. */
    void readQueries(float[] scaled, int count) {
        for (int q = 0; q < count; q++) {
            queryScales[q] = Int16.key(scaled, q * headDim, headDim);
        }
        for (int i = 0; i < count * headDim; i++) {
            queries[i] = (int) scaled[i];
        }
    }

    /** Reads the scales of 16 positions, the first of them {@code token} of a KV block, for the section's positions from {@code at} on. */
    void readScales(MemorySegment kv, long keys, KvShape shape, int token, int at) {
        long offset = keys + 2L * shape.blockTokens() * headDim + 4L * token;
        MemorySegment.copy(kv, JAVA_FLOAT, offset, keyScales, at, 16);
        MemorySegment.copy(kv, JAVA_FLOAT, offset + shape.headBytes(), valueScales, at, 16);
    }

    /** Widens the keys of {@code LENGTH} positions to a half of the panel. */
    void widenKeys(MemorySegment kv, long keys, KvShape shape, int token, int half) {
        for (int d = 0; d < headDim; d += 2) {
            IntVector pairs = Lanes.loadInts(kv, keys + 4L * (d / 2 * shape.blockTokens() + token));
            first(pairs).intoArray(panel, d * PAIR + half);
            second(pairs).intoArray(panel, (d + 1) * PAIR + half);
        }
    }

    /** Scores of a query at the panel's positions, the first of them {@code at} in its section. */
    void score(int q, int at, float[] scores, int to) {
        multiply(queries, q * headDim, 0, headDim);
        for (int v = 0; v < PAIR; v += LENGTH) {
            floats(v)
                    .mul(FloatVector.fromArray(Lanes.FLOATS, keyScales, at + v))
                    .mul(queryScales[q])
                    .intoArray(scores, to + v);
        }
    }

    /** Turns the weights of a query at positions {@code [seen, count)} of the section into integers, those of the others into 0. */
    void quantizeWeights(int q, float[] from, int base, int seen, int count) {
        Arrays.fill(lanes, 0f);
        float top = 0f;
        for (int j = Math.max(0, seen); j < count; j++) {
            float product = from[base + j] * valueScales[j];
            from[base + j] = product;
            top = product > top ? product : top;
            lanes[j % lanes.length] += product;
        }
        float scale = Int16.weightScale(top, ScalarRows.sum(lanes));
        float inverse = Int16.inverse(scale);
        Arrays.fill(weights, q * SECTION, (q + 1) * SECTION, 0);
        for (int j = Math.max(0, seen); j < count; j++) {
            weights[q * SECTION + j] = Int16.rounded(from[base + j] * inverse);
        }
        weightScales[q] = scale;
    }

    /** Widens elements {@code [d, d + PAIR)} of the values of two positions, the first {@code at}, an even number, of the section. */
    void widenValues(MemorySegment kv, long values, int token, int d, int at) {
        for (int v = 0; v < PAIR && d + v < headDim; v += LENGTH) {
            IntVector pairs = Lanes.loadInts(kv, values + 4L * ((long) token / 2 * headDim + d + v));
            first(pairs).intoArray(panel, at * PAIR + v);
            second(pairs).intoArray(panel, (at + 1) * PAIR + v);
        }
    }

    /** The sums of a query over positions {@code [begin, end)} of the section, for elements {@code [d, d + PAIR)}. */
    void add(int q, int begin, int end, int d, float[] to) {
        multiply(weights, q * SECTION + begin, begin, end - begin);
        for (int v = 0; v < PAIR; v += LENGTH) {
            floats(v).mul(weightScales[q]).intoArray(to, q * width + d + v);
        }
    }

    private FloatVector floats(int from) {
        return (FloatVector) IntVector.fromArray(Lanes.INTS, sums, from).convert(VectorOperators.I2F, 0);
    }

    /** Σ left[from + k] · panel[row + k] over k below {@code count}. */
    private void multiply(int[] left, int from, int row, int count) {
        IntVector a = IntVector.zero(Lanes.INTS);
        IntVector b = IntVector.zero(Lanes.INTS);
        for (int k = 0; k < count; k++) {
            IntVector spread = IntVector.broadcast(Lanes.INTS, left[from + k]);
            int at = (row + k) * PAIR;
            a = a.add(spread.mul(IntVector.fromArray(Lanes.INTS, panel, at)));
            b = b.add(spread.mul(IntVector.fromArray(Lanes.INTS, panel, at + LENGTH)));
        }
        a.intoArray(sums, 0);
        b.intoArray(sums, LENGTH);
    }

    private static IntVector first(IntVector pairs) {
        return pairs.lanewise(LSHL, 16).lanewise(ASHR, 16);
    }

    private static IntVector second(IntVector pairs) {
        return pairs.lanewise(ASHR, 16);
    }
}
