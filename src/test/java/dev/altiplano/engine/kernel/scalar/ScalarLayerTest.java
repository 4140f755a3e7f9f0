package dev.altiplano.engine.kernel.scalar;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.altiplano.engine.kernel.KvFormat;
import dev.altiplano.engine.kernel.KvShape;
import dev.altiplano.engine.kernel.LayerRows;
import dev.altiplano.engine.kernel.RowBatch;
import dev.altiplano.engine.os.WorkerPool;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Plain Java against the textbook, computed in double precision. */
class ScalarLayerTest {

    @Test
    void attentionIsSoftmaxOfScaledProducts() {
        int heads = 6;
        int kvHeads = 2;
        int headDim = 10;
        int tokens = 600;
        KvShape shape = new KvShape(KvFormat.F32, 2, 50, 16, kvHeads, headDim);
        try (Arena arena = Arena.ofShared();
                WorkerPool pool = new WorkerPool(2)) {
            ScalarLayer layer = new ScalarLayer(pool);
            MemorySegment kv = arena.allocate(shape.byteSize(), 64);
            int rowSize = (heads + 2 * kvHeads) * headDim;
            MemorySegment qkv = arena.allocate(4L * tokens * rowSize, 64);
            Random random = new Random(1);
            for (int i = 0; i < tokens * rowSize; i++) {
                qkv.setAtIndex(JAVA_FLOAT, i, (float) random.nextGaussian() * 2);
            }
            double[] plain = new double[tokens * rowSize];
            for (int t = 0; t < tokens; t++) {
                for (int i = 0; i < rowSize; i += 2) {
                    double a = qkv.getAtIndex(JAVA_FLOAT, (long) t * rowSize + i);
                    double b = qkv.getAtIndex(JAVA_FLOAT, (long) t * rowSize + i + 1);
                    double angle = i < (heads + kvHeads) * headDim
                            ? t * Math.pow(10000, -(i % headDim) / (double) headDim)
                            : 0;
                    plain[t * rowSize + i] = a * Math.cos(angle) - b * Math.sin(angle);
                    plain[t * rowSize + i + 1] = a * Math.sin(angle) + b * Math.cos(angle);
                }
            }
            MemorySegment cosSin = arena.allocate(4L * tokens * headDim, 64);
            for (int t = 0; t < tokens; t++) {
                for (int i = 0; i < headDim; i += 2) {
                    double angle = t * Math.pow(10000, -i / (double) headDim);
                    cosSin.setAtIndex(JAVA_FLOAT, (long) t * headDim + i, (float) Math.cos(angle));
                    cosSin.setAtIndex(JAVA_FLOAT, (long) t * headDim + i + 1, (float) Math.sin(angle));
                }
            }
            RowBatch batch = new RowBatch(tokens, 100, arena);
            int[] ids = random.ints(0, 50).distinct().limit(38).toArray();
            int list = batch.addBlockList(ids, ids.length);
            for (int t = 0; t < tokens; t++) {
                batch.addRow(t, list, false);
            }
            MemorySegment out = arena.allocate(4L * tokens * heads * headDim, 64);
            LayerRows rows = new LayerRows(qkv, heads, kv, shape, 1, batch);
            layer.rotateAndStore(rows, cosSin);
            layer.attention(rows, out);

            for (int t : new int[] {0, 1, 15, 16, 255, 256, 511, 512, 599}) {
                for (int head = 0; head < heads; head++) {
                    double[] expected = attend(
                            plain,
                            rowSize,
                            t,
                            head * headDim,
                            (heads + head / 3) * headDim,
                            (heads + 2 + head / 3) * headDim,
                            headDim);
                    for (int d = 0; d < headDim; d++) {
                        assertThat((double) out.getAtIndex(JAVA_FLOAT, ((long) t * heads + head) * headDim + d))
                                .isCloseTo(expected[d], within(2e-5));
                    }
                }
            }
        }
    }

    private static double[] attend(double[] plain, int rowSize, int t, int query, int key, int value, int headDim) {
        double[] weights = new double[t + 1];
        double sum = 0;
        for (int j = 0; j <= t; j++) {
            double score = 0;
            for (int d = 0; d < headDim; d++) {
                score += plain[t * rowSize + query + d] * plain[j * rowSize + key + d];
            }
            weights[j] = Math.exp(score / Math.sqrt(headDim));
            sum += weights[j];
        }
        double[] result = new double[headDim];
        for (int j = 0; j <= t; j++) {
            for (int d = 0; d < headDim; d++) {
                result[d] += weights[j] / sum * plain[j * rowSize + value + d];
            }
        }
        return result;
    }
}
