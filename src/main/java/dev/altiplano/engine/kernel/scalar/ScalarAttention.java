package dev.altiplano.engine.kernel.scalar;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.altiplano.engine.kernel.AttentionPlan;
import dev.altiplano.engine.kernel.Kernels;
import dev.altiplano.engine.kernel.KvFormat;
import dev.altiplano.engine.kernel.KvShape;
import dev.altiplano.engine.kernel.LayerRows;
import dev.altiplano.engine.kernel.RowBatch;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Rotation and attention in plain Java: the definition that the other backends follow bit for bit.
 *
 * <p>The positions of a sequence are cut into sections of {@link AttentionPlan#SECTION}, whatever the size of a KV block. For one row and one
 * head, with the query scaled by {@code 1 / sqrt(headDim)}, a section gives
 * <ul>
 *   <li>scores: one chain of fused multiply-adds over d = 0, 1, …;
 *   <li>their maximum m, and the weights {@code exp(score - m)};
 *   <li>the sum l of the weights: position j into lane {@code j mod 16}, in order; lanes then added half to half;
 *   <li>the weighted sum o of the values: one chain of fused multiply-adds over the positions, for each d.
 * </ul>
 * With keys and values of integers ({@link KvFormat#I16}) the query is turned into integers too, and
 * <ul>
 *   <li>a score is the sum of the products of integers, times the scale of the key, times that of the query;
 *   <li>weights, times the scales of their values, become integers again, with one scale for the section ({@link Int16#weightScale});
 *   <li>o is the sum of the products of integers, times that scale.
 * </ul>
 * Positions before a row's window take no part; sections before it are left out. The others are merged in order: {@code a = exp(M - max(M, m)), b = exp(m - max(M, m)), L = fma(L, a, l·b), O = fma(O, a, o·b)}; the
 * first is taken as it is. The result is {@code O · (1 / L)}. So any number of rows, heads and sections may be computed
 * together or apart.
 */
public final class ScalarAttention {

    private static final int SECTION = AttentionPlan.SECTION;

    /** Lanes of the sum of weights. */
    public static final int LANES = 16;

    private final float[] keys;
    private final float[] values;
    private final float[] keyScales = new float[SECTION];
    private final float[] valueScales = new float[SECTION];
    private final float[] scores = new float[SECTION];
    private final float[] lanes = new float[LANES];
    private final float[] section;
    private final float[] queries;
    private final float[] queryScales;
    private final float[] totals;
    private final float[] largest;
    private final float[] sums;

    /** Scratch for one thread. */
    ScalarAttention(int headDim, int group) {
        keys = new float[SECTION * headDim];
        values = new float[SECTION * headDim];
        section = new float[headDim];
        queries = new float[group * headDim];
        queryScales = new float[group];
        totals = new float[group * headDim];
        largest = new float[group];
        sums = new float[group];
    }

    /** Whether this scratch is large enough. */
    boolean fits(int headDim, int group) {
        return section.length == headDim && largest.length >= group;
    }

    /** {@link Kernels#rotateAndStore} of rows {@code [begin, end)}. */
    static void rotateAndStore(LayerRows rows, MemorySegment cosSin, int begin, int end) {
        MemorySegment qkv = rows.qkv();
        KvShape shape = rows.shape();
        RowBatch batch = rows.batch();
        int heads = rows.heads();
        int headDim = shape.headDim();
        int kvHeads = shape.kvHeads();
        long rowSize = rows.rowSize();
        for (int row = begin; row < end; row++) {
            int position = batch.positions().getAtIndex(JAVA_INT, row);
            long base = row * rowSize;
            for (int head = 0; head < heads + kvHeads; head++) {
                rotate(qkv, base + (long) head * headDim, cosSin, (long) position * headDim, headDim);
            }
            long block = shape.offset(rows.layer(), block(batch, row, position / shape.blockTokens()));
            int token = position % shape.blockTokens();
            long keys = base + (long) heads * headDim;
            long values = keys + (long) kvHeads * headDim;
            for (int head = 0; head < kvHeads; head++) {
                long at = block + 2 * head * shape.headBytes();
                ScalarKv.store(qkv, keys + (long) head * headDim, rows.kv(), at, shape, token, true);
                ScalarKv.store(
                        qkv, values + (long) head * headDim, rows.kv(), at + shape.headBytes(), shape, token, false);
            }
        }
    }

    /** Turns each pair: {@code (a, b)} becomes {@code (a·cos - b·sin, b·cos + a·sin)}, the second product rounded first. */
    private static void rotate(MemorySegment x, long first, MemorySegment cosSin, long angles, int headDim) {
        for (int d = 0; d + 1 < headDim; d += 2) {
            float a = x.getAtIndex(JAVA_FLOAT, first + d);
            float b = x.getAtIndex(JAVA_FLOAT, first + d + 1);
            float cos = cosSin.getAtIndex(JAVA_FLOAT, angles + d);
            float sin = cosSin.getAtIndex(JAVA_FLOAT, angles + d + 1);
            x.setAtIndex(JAVA_FLOAT, first + d, Math.fma(a, cos, -(b * sin)));
            x.setAtIndex(JAVA_FLOAT, first + d + 1, Math.fma(b, cos, a * sin));
        }
    }

    private static int block(RowBatch batch, int row, int index) {
        return batch.blockIds().getAtIndex(JAVA_INT, batch.blockListOffsets().getAtIndex(JAVA_INT, row) + (long) index);
    }

    /** {@link Kernels#attention} of one row for all query heads of one KV head. */
    void attention(LayerRows rows, int window, MemorySegment out, int row, int kvHead) {
        KvShape shape = rows.shape();
        int headDim = shape.headDim();
        int group = rows.group();
        int positions = rows.batch().positions().getAtIndex(JAVA_INT, row) + 1;
        long query = row * rows.rowSize() + (long) kvHead * group * headDim;
        float scale = scale(headDim);
        for (int i = 0; i < group * headDim; i++) {
            queries[i] = rows.qkv().getAtIndex(JAVA_FLOAT, query + i) * scale;
        }
        boolean integers = shape.format() == KvFormat.I16;
        for (int head = 0; integers && head < group; head++) {
            queryScales[head] = Int16.key(queries, head * headDim, headDim);
        }
        int first = AttentionPlan.firstSeen(positions - 1, window);
        int firstStart = first / SECTION * SECTION;
        for (int start = firstStart; start < positions; start += SECTION) {
            int from = Math.max(0, first - start);
            int count = Math.min(SECTION, positions - start);
            readSection(rows, row, kvHead, start, from, count);
            for (int head = 0; head < group; head++) {
                addSection(head, headDim, from, count, start == firstStart, integers);
            }
        }
        long output = ((long) row * rows.heads() + (long) kvHead * group) * headDim;
        for (int head = 0; head < group; head++) {
            float inverse = 1f / sums[head];
            for (int i = head * headDim; i < (head + 1) * headDim; i++) {
                out.setAtIndex(JAVA_FLOAT, output + i, totals[i] * inverse);
            }
        }
    }

    /** What a query is multiplied by. */
    public static float scale(int headDim) {
        return (float) (1 / Math.sqrt(headDim));
    }

    private void readSection(LayerRows rows, int row, int kvHead, int start, int from, int count) {
        KvShape shape = rows.shape();
        MemorySegment kv = rows.kv();
        int blockTokens = shape.blockTokens();
        int position = start + from;
        while (position < start + count) {
            int token = position % blockTokens;
            int tokens = Math.min(blockTokens - token, start + count - position);
            long at = shape.offset(rows.layer(), block(rows.batch(), row, position / blockTokens))
                    + 2 * kvHead * shape.headBytes();
            ScalarKv.readKeys(kv, at, shape, token, tokens, keys, SECTION, position - start);
            ScalarKv.readValues(kv, at + shape.headBytes(), shape, token, tokens, values, position - start);
            if (shape.format() == KvFormat.I16) {
                ScalarKv.readScales(kv, at, shape, token, tokens, keyScales, position - start);
                ScalarKv.readScales(kv, at + shape.headBytes(), shape, token, tokens, valueScales, position - start);
            }
            position += tokens;
        }
    }

    /** Adds positions {@code [from, count)} of a section. */
    private void addSection(int head, int headDim, int from, int count, boolean first, boolean integers) {
        if (integers) {
            scoreIntegers(head, headDim, from, count);
        } else {
            score(head, headDim, from, count);
        }
        float larger = Float.NEGATIVE_INFINITY;
        for (int j = from; j < count; j++) {
            larger = scores[j] > larger ? scores[j] : larger;
        }
        float sum = weigh(from, count, larger);
        if (integers) {
            addIntegers(headDim, from, count);
        } else {
            addValues(headDim, from, count);
        }
        if (first) {
            largest[head] = larger;
            sums[head] = sum;
            System.arraycopy(section, 0, totals, head * headDim, headDim);
        } else {
            merge(head, headDim, larger, sum);
        }
    }

    private void score(int head, int headDim, int from, int count) {
        Arrays.fill(scores, from, count, 0f);
        for (int d = 0; d < headDim; d++) {
            float q = queries[head * headDim + d];
            int base = d * SECTION;
            for (int j = from; j < count; j++) {
                scores[j] = Math.fma(q, keys[base + j], scores[j]);
            }
        }
    }

    private void addValues(int headDim, int from, int count) {
        Arrays.fill(section, 0f);
        for (int j = from; j < count; j++) {
            float weight = scores[j];
            int base = j * headDim;
            for (int d = 0; d < headDim; d++) {
                section[d] = Math.fma(weight, values[base + d], section[d]);
            }
        }
    }

    private void scoreIntegers(int head, int headDim, int from, int count) {
        for (int j = from; j < count; j++) {
            int sum = 0;
            for (int d = 0; d < headDim; d++) {
                sum += (int) queries[head * headDim + d] * (int) keys[d * SECTION + j];
            }
            scores[j] = sum * keyScales[j] * queryScales[head];
        }
    }

    private void addIntegers(int headDim, int from, int count) {
        float top = 0f;
        Arrays.fill(lanes, 0f);
        for (int j = from; j < count; j++) {
            scores[j] *= valueScales[j];
            top = scores[j] > top ? scores[j] : top;
            lanes[j % LANES] += scores[j];
        }
        float scale = Int16.weightScale(top, ScalarRows.sum(lanes));
        float inverse = Int16.inverse(scale);
        for (int d = 0; d < headDim; d++) {
            int sum = 0;
            for (int j = from; j < count; j++) {
                sum += Int16.rounded(scores[j] * inverse) * (int) values[j * headDim + d];
            }
            section[d] = sum * scale;
        }
    }

    /** Turns scores into weights and returns their sum. */
    private float weigh(int from, int count, float larger) {
        Arrays.fill(lanes, 0f);
        for (int j = from; j < count; j++) {
            scores[j] = Exp.exp(scores[j] - larger);
            lanes[j % LANES] += scores[j];
        }
        return ScalarRows.sum(lanes);
    }

    private void merge(int head, int headDim, float sectionLargest, float sectionSum) {
        float larger = sectionLargest > largest[head] ? sectionLargest : largest[head];
        float a = Exp.exp(largest[head] - larger);
        float b = Exp.exp(sectionLargest - larger);
        largest[head] = larger;
        sums[head] = Math.fma(sums[head], a, sectionSum * b);
        for (int d = 0; d < headDim; d++) {
            int at = head * headDim + d;
            totals[at] = Math.fma(totals[at], a, section[d] * b);
        }
    }
}
