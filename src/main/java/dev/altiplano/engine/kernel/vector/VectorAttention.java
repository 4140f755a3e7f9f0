package dev.altiplano.engine.kernel.vector;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.altiplano.engine.kernel.AttentionPlan;
import dev.altiplano.engine.kernel.KvFormat;
import dev.altiplano.engine.kernel.KvShape;
import dev.altiplano.engine.kernel.LayerRows;
import dev.altiplano.engine.kernel.RowBatch;
import dev.altiplano.engine.kernel.scalar.Exp;
import dev.altiplano.engine.kernel.scalar.ScalarAttention;
import dev.altiplano.engine.kernel.scalar.ScalarRows;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Attention with the Vector API, bit for bit as {@link ScalarAttention} defines it: one thread's memory and what it does. A tile
 * (some rows, the query heads of one KV head) widens keys and values to floats piece by piece and uses each piece for all its
 * queries.
 */
final class VectorAttention {

    /** Queries that a tile of prompt rows has at most, if more than one row. */
    static final int TILE_QUERIES = 64;

    private static final int SECTION = AttentionPlan.SECTION;
    private static final int LENGTH = Lanes.LENGTH;
    private static final int PAIR = Lanes.PAIR;
    /** Positions whose values are widened at a time. */
    private static final int STRIP = 64;

    private final int headDim;
    private final int width;
    private final float[] queries;
    private final float[] scores;
    private final float[] sums;
    private final float[] totals;
    private final float[] panel;
    private final float[] largest;
    private final float[] weightSums;
    private final float[] totalLargest;
    private final float[] totalSums;
    private final int[] last;
    /** First position that each query sees. */
    private final int[] seen;

    private final float[] lanes = new float[ScalarAttention.LANES];
    private final VectorIntegers integers;

    // What a call works on.
    private MemorySegment kv = MemorySegment.NULL;
    private KvShape shape;
    private RowBatch batch;
    private int layer;
    private int row;
    private int kvHead;
    private int queryCount;
    /** End of the queries whose window has begun. */
    private int stop;

    VectorAttention(KvShape shape, RowBatch batch, int group) {
        this.shape = shape;
        this.batch = batch;
        headDim = shape.headDim();
        width = width(headDim);
        int most = Math.max(TILE_QUERIES, group);
        queries = new float[most * headDim];
        scores = new float[most * SECTION];
        sums = new float[most * width];
        totals = new float[most * width];
        panel = new float[Math.max(headDim * PAIR, STRIP * width)];
        largest = new float[most];
        weightSums = new float[most];
        totalLargest = new float[most];
        totalSums = new float[most];
        last = new int[most];
        seen = new int[most];
        integers = new VectorIntegers(headDim, width, most);
    }

    /** Floats that the output of a head takes in scratch memory. */
    static int width(int headDim) {
        return (headDim + PAIR - 1) / PAIR * PAIR;
    }

    /** Whether this scratch is large enough. */
    boolean fits(int headDim, int group) {
        return this.headDim == headDim && last.length >= group;
    }

    /** Computes a part of a plan; {@code partials} receives [section][queries] (width sums, largest, sum of weights) if it is cut. */
    void attend(LayerRows layerRows, int window, MemorySegment out, AttentionPlan plan, int part, float[] partials) {
        kv = layerRows.kv();
        shape = layerRows.shape();
        layer = layerRows.layer();
        batch = layerRows.batch();
        int heads = layerRows.heads();
        row = plan.row(part);
        kvHead = plan.kvHead(part);
        int rows = plan.rows(part);
        int group = layerRows.group();
        queryCount = rows * group;
        readQueries(layerRows.qkv(), heads, rows, group, window);
        int partial = plan.partial(part);
        for (int section = plan.begin(part); section < plan.end(part); section++) {
            int start = section * SECTION;
            int first = addSection(start);
            if (partial >= 0) {
                partial = writePartial(partials, partial);
                continue;
            }
            for (int q = first; q < queryCount && seen[q] / SECTION <= section; q++) {
                if (seen[q] / SECTION == section) {
                    System.arraycopy(sums, q * width, totals, q * width, width);
                    totalLargest[q] = largest[q];
                    totalSums[q] = weightSums[q];
                } else {
                    merge(q, sums, q * width, largest[q], weightSums[q]);
                }
            }
        }
        if (partial < 0) {
            writeOutput(heads, group, out);
        }
    }

    /** Merges the sections of a row that was cut, and writes the output. */
    void mergePartials(int heads, int kvHeads, MemorySegment out, AttentionPlan plan, int part, float[] partials) {
        row = plan.row(part);
        kvHead = plan.kvHead(part);
        int group = heads / kvHeads;
        queryCount = group;
        int at = plan.partial(part);
        for (int section = 0; section < plan.end(part); section++) {
            for (int q = 0; q < group; q++, at += width + 2) {
                if (section == 0) {
                    System.arraycopy(partials, at, totals, q * width, width);
                    totalLargest[q] = partials[at + width];
                    totalSums[q] = partials[at + width + 1];
                } else {
                    merge(q, partials, at, partials[at + width], partials[at + width + 1]);
                }
            }
        }
        writeOutput(heads, group, out);
    }

    private int writePartial(float[] partials, int partial) {
        int at = partial;
        for (int q = 0; q < queryCount; q++, at += width + 2) {
            System.arraycopy(sums, q * width, partials, at, width);
            partials[at + width] = largest[q];
            partials[at + width + 1] = weightSums[q];
        }
        return at;
    }

    private void readQueries(MemorySegment qkv, int heads, int rows, int group, int window) {
        float scale = ScalarAttention.scale(headDim);
        int size = group * headDim;
        for (int i = 0; i < rows; i++) {
            long from = ((row + i) * (heads + 2L * shape.kvHeads()) + (long) kvHead * group) * headDim;
            MemorySegment.copy(qkv, JAVA_FLOAT, 4 * from, queries, i * size, size);
            for (int j = i * size; j < (i + 1) * size; j++) {
                queries[j] *= scale;
            }
            int position = batch.positions().getAtIndex(JAVA_INT, row + i);
            for (int head = 0; head < group; head++) {
                last[i * group + head] = position;
                seen[i * group + head] = AttentionPlan.firstSeen(position, window);
            }
        }
        if (shape.format() == KvFormat.I16) {
            integers.readQueries(queries, queryCount);
        }
    }

    /** Where the keys of a position's KV block begin. */
    private long block(int position) {
        long entry = batch.blockListOffset(row) + (long) (position / shape.blockTokens());
        return shape.offset(layer, batch.blockIds().getAtIndex(JAVA_INT, entry)) + 2 * kvHead * shape.headBytes();
    }

    /**
     * Computes a section for the queries whose position it reaches, from the one returned on, and whose window has begun. What lies
     * before a query's window gets the weight 0, which adds nothing.
     */
    private int addSection(int start) {
        int end = Math.min(start + SECTION, last[queryCount - 1] + 1);
        int begin = Math.max(start, seen[0] / STRIP * STRIP);
        int first = 0;
        while (last[first] < start) {
            first++;
        }
        stop = queryCount;
        while (seen[stop - 1] >= start + SECTION) {
            stop--;
        }
        if (shape.format() == KvFormat.I16) {
            addIntegers(first, start, begin, end);
            return first;
        }
        for (int position = begin; position < end; position += PAIR) {
            widenKeys(position, end);
            score(first, start, position);
        }
        weigh(first, start);
        for (int position = begin; position < end; position += STRIP) {
            widenValues(position, Math.min(end, position + STRIP));
            for (int column = 0; column < width; column += PAIR) {
                addValues(first, start, position, column, position == begin);
            }
        }
        return first;
    }

    private void weigh(int first, int start) {
        for (int q = first; q < stop; q++) {
            if (seen[q] > start) {
                Arrays.fill(scores, q * SECTION, q * SECTION + seen[q] - start, Float.NEGATIVE_INFINITY);
            }
            weighOne(q, Math.min(SECTION, last[q] + 1 - start));
        }
    }

    /** The section where keys and values are integers. */
    private void addIntegers(int first, int start, int begin, int end) {
        int tokens = shape.blockTokens();
        for (int position = begin; position < end; position += 16) {
            integers.readScales(kv, block(position), shape, position % tokens, position - start);
        }
        for (int position = begin; position < end; position += PAIR) {
            for (int v = 0; v < PAIR && position + v < end; v += LENGTH) {
                integers.widenKeys(kv, block(position + v), shape, (position + v) % tokens, v);
            }
            for (int q = first; q < stop; q++) {
                integers.score(q, position - start, scores, q * SECTION + position - start);
            }
        }
        weigh(first, start);
        for (int q = first; q < stop; q++) {
            integers.quantizeWeights(q, scores, q * SECTION, seen[q] - start, Math.min(SECTION, last[q] + 1 - start));
        }
        for (int column = 0; column < width; column += PAIR) {
            for (int position = begin; position < end; position += 2) {
                long values = block(position) + shape.headBytes();
                integers.widenValues(kv, values, position % tokens, column, position - start);
            }
            for (int q = first; q < stop; q++) {
                integers.add(q, begin - start, Math.min(end, last[q] + 1) - start, column, sums);
            }
        }
    }

    private void score(int first, int start, int position) {
        int q = first;
        while (q + 3 < stop && last[q + 3] < position) {
            q += 4;
        }
        for (; q + 4 <= stop; q += 4) {
            int l = q * headDim;
            int s = q * SECTION + position - start;
            VectorProduct.multiply4(
                    queries,
                    l,
                    l + headDim,
                    l + 2 * headDim,
                    l + 3 * headDim,
                    panel,
                    0,
                    headDim,
                    scores,
                    s,
                    s + SECTION,
                    s + 2 * SECTION,
                    s + 3 * SECTION,
                    true);
        }
        for (; q < stop; q++) {
            int s = q * SECTION + position - start;
            VectorProduct.multiply1(queries, q * headDim, panel, 0, headDim, scores, s, true);
        }
    }

    private void addValues(int first, int start, int position, int column, boolean fresh) {
        int from = STRIP * column;
        int q = first;
        for (; q + 4 <= stop; q += 4) {
            int count = Math.clamp(last[q] + 1 - position, 0, STRIP);
            int l = q * SECTION + position - start;
            int s = q * width + column;
            VectorProduct.multiply4(
                    scores,
                    l,
                    l + SECTION,
                    l + 2 * SECTION,
                    l + 3 * SECTION,
                    panel,
                    from,
                    count,
                    sums,
                    s,
                    s + width,
                    s + 2 * width,
                    s + 3 * width,
                    fresh);
            for (int i = 1; i < 4; i++) {
                int more = Math.clamp(last[q + i] + 1 - position, 0, STRIP) - count;
                if (more > 0) {
                    int at = from + count * PAIR;
                    VectorProduct.multiply1(
                            scores, l + i * SECTION + count, panel, at, more, sums, s + i * width, false);
                }
            }
        }
        for (; q < stop; q++) {
            int count = Math.clamp(last[q] + 1 - position, 0, STRIP);
            int l = q * SECTION + position - start;
            VectorProduct.multiply1(scores, l, panel, from, count, sums, q * width + column, fresh);
        }
    }

    /** Keys of {@code PAIR} positions to {@code panel[d][PAIR]}; those behind the last KV block are left as they were. */
    private void widenKeys(int position, int end) {
        int tokens = shape.blockTokens();
        for (int v = 0; v < PAIR; v += LENGTH) {
            int at = position + v;
            if (at >= end) {
                return;
            }
            long base = block(at);
            int token = at % tokens;
            switch (shape.format()) {
                case F32 -> {
                    for (int d = 0; d < headDim; d++) {
                        Lanes.load(kv, base + 4L * (d * tokens + token)).intoArray(panel, d * PAIR + v);
                    }
                }
                case F16 -> {
                    for (int d = 0; d < headDim; d++) {
                        Lanes.loadHalves(kv, base + 2L * (d * tokens + token)).intoArray(panel, d * PAIR + v);
                    }
                }
                case Q8_0 -> {
                    long scales = base + (long) tokens * headDim + 2L * token;
                    for (int d = 0; d < headDim; d++) {
                        FloatVector scale = Lanes.loadHalves(kv, scales + 2L * (d / KvFormat.GROUP) * tokens);
                        Lanes.loadBytes(kv, base + (long) d * tokens + token)
                                .mul(scale)
                                .intoArray(panel, d * PAIR + v);
                    }
                }
                case I16 -> throw integersAlone();
            }
        }
    }

    /** Values of positions {@code [position, end)} to {@code panel[column / PAIR][position][PAIR]}, filled up with zeros. */
    private void widenValues(int position, int end) {
        int tokens = shape.blockTokens();
        int groups = KvFormat.groups(headDim);
        for (int p = position; p < end; p++) {
            if (p < seen[0]) {
                clearValues(p - position);
                continue;
            }
            long base = block(p) + shape.headBytes();
            long token = p % tokens;
            long scales = base + (long) tokens * headDim + 2 * token * groups;
            for (int d = 0; d < width; d += LENGTH) {
                int to = (d / PAIR * STRIP + p - position) * PAIR + d % PAIR;
                if (d + LENGTH <= headDim) {
                    FloatVector values = switch (shape.format()) {
                        case F32 -> Lanes.load(kv, base + 4 * (token * headDim + d));
                        case F16 -> Lanes.loadHalves(kv, base + 2 * (token * headDim + d));
                        case Q8_0 ->
                            Lanes.loadBytes(kv, base + token * headDim + d)
                                    .mul(Float.float16ToFloat(kv.get(JAVA_SHORT, scales + 2L * (d / KvFormat.GROUP))));
                        case I16 -> throw integersAlone();
                    };
                    values.intoArray(panel, to);
                } else {
                    for (int i = 0; i < LENGTH; i++) {
                        panel[to + i] = d + i < headDim ? value(base, scales, token * headDim, d + i) : 0f;
                    }
                }
            }
        }
    }

    /** Nobody sees this position, and its KV block may hold anything. */
    private void clearValues(int index) {
        for (int d = 0; d < width; d += PAIR) {
            int to = (d / PAIR * STRIP + index) * PAIR;
            Arrays.fill(panel, to, to + PAIR, 0f);
        }
    }

    private float value(long base, long scales, long first, int d) {
        return switch (shape.format()) {
            case F32 -> kv.get(JAVA_FLOAT, base + 4 * (first + d));
            case F16 -> Float.float16ToFloat(kv.get(JAVA_SHORT, base + 2 * (first + d)));
            case Q8_0 ->
                kv.get(JAVA_BYTE, base + first + d)
                        * Float.float16ToFloat(kv.get(JAVA_SHORT, scales + 2L * (d / KvFormat.GROUP)));
            case I16 -> throw integersAlone();
        };
    }

    private static IllegalStateException integersAlone() {
        return new IllegalStateException("I16 is not widened to floats");
    }

    /** Turns the {@code count} scores of a query into weights. */
    private void weighOne(int q, int count) {
        int base = q * SECTION;
        int padded = (count + 15) / 16 * 16;
        Arrays.fill(scores, base + count, base + padded, Float.NEGATIVE_INFINITY);
        FloatVector larger = FloatVector.fromArray(Lanes.FLOATS, scores, base);
        for (int j = LENGTH; j < padded; j += LENGTH) {
            larger = Lanes.larger(larger, FloatVector.fromArray(Lanes.FLOATS, scores, base + j));
        }
        float top = larger.reduceLanes(VectorOperators.MAX);
        for (int lane = 0; lane < ScalarAttention.LANES; lane += LENGTH) {
            FloatVector sum = FloatVector.zero(Lanes.FLOATS);
            for (int j = lane; j < padded; j += ScalarAttention.LANES) {
                FloatVector weights = Lanes.exp(
                        FloatVector.fromArray(Lanes.FLOATS, scores, base + j).sub(top));
                weights.intoArray(scores, base + j);
                sum = sum.add(weights);
            }
            sum.intoArray(lanes, lane);
        }
        largest[q] = top;
        weightSums[q] = ScalarRows.sum(lanes);
    }

    private void merge(int q, float[] section, int at, float sectionLargest, float sectionSum) {
        float larger = sectionLargest > totalLargest[q] ? sectionLargest : totalLargest[q];
        float a = Exp.exp(totalLargest[q] - larger);
        float b = Exp.exp(sectionLargest - larger);
        totalLargest[q] = larger;
        totalSums[q] = Math.fma(totalSums[q], a, sectionSum * b);
        for (int d = 0; d < width; d += LENGTH) {
            FloatVector added =
                    FloatVector.fromArray(Lanes.FLOATS, section, at + d).mul(b);
            FloatVector.fromArray(Lanes.FLOATS, totals, q * width + d)
                    .fma(FloatVector.broadcast(Lanes.FLOATS, a), added)
                    .intoArray(totals, q * width + d);
        }
    }

    private void writeOutput(int heads, int group, MemorySegment out) {
        for (int q = 0; q < queryCount; q++) {
            float inverse = 1f / totalSums[q];
            for (int d = q * width; d < q * width + headDim; d++) {
                totals[d] *= inverse;
            }
            long to = ((row + q / group) * (long) heads + (long) kvHead * group + q % group) * headDim;
            MemorySegment.copy(totals, q * width, out, JAVA_FLOAT, 4 * to, headDim);
        }
    }
}
