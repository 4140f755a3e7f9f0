package dev.altiplano.engine.kernel.vector;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.altiplano.engine.kernel.AttentionPlan;
import dev.altiplano.engine.kernel.KernelChecks;
import dev.altiplano.engine.kernel.KvShape;
import dev.altiplano.engine.kernel.LayerKernels;
import dev.altiplano.engine.kernel.LayerRows;
import dev.altiplano.engine.kernel.RowBatch;
import dev.altiplano.engine.kernel.scalar.ScalarLayer;
import dev.altiplano.engine.kernel.scalar.ScalarRows;
import dev.altiplano.engine.os.WorkerPool;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;

/** Everything but matrix products with the Vector API, shared out over the worker pool. */
public final class VectorLayer implements LayerKernels {

    /** Numbers below which waking the workers costs more than it saves. */
    private static final int WORTH_SHARING = 16_384;

    private final WorkerPool pool;
    private final AttentionPlan plan;
    private final ScalarLayer scalar;
    private final AtomicInteger next = new AtomicInteger();
    private final float[][] lanes;
    private VectorAttention[] scratch = new VectorAttention[0];
    private float[] partials = {};

    /** @param arena owns the memory that calls use */
    public VectorLayer(WorkerPool pool, Arena arena) {
        this.pool = pool;
        plan = new AttentionPlan(arena);
        scalar = new ScalarLayer(pool);
        lanes = new float[pool.threads()][64];
    }

    @Override
    public void rmsNorm(MemorySegment x, MemorySegment weight, float epsilon, MemorySegment out, int rows, int size) {
        KernelChecks.rmsNorm(x, weight, out, rows, size);
        share(
                rows,
                size,
                (worker, workers) -> VectorRows.rmsNorm(
                        x,
                        weight,
                        epsilon,
                        out,
                        begin(rows, worker, workers),
                        begin(rows, worker + 1, workers),
                        size,
                        lanes[worker]));
    }

    @Override
    public void swiGlu(MemorySegment gateUp, MemorySegment out, int rows, int size) {
        KernelChecks.swiGlu(gateUp, out, rows, size);
        share(
                rows,
                size,
                (worker, workers) -> VectorRows.swiGlu(
                        gateUp, out, begin(rows, worker, workers), begin(rows, worker + 1, workers), size));
    }

    private void share(int rows, int size, WorkerPool.Task task) {
        if (rows == 1 || (long) rows * size < WORTH_SHARING) {
            task.run(0, 1);
        } else {
            pool.run(task);
        }
    }

    private static int begin(int items, int worker, int workers) {
        return (int) ((long) items * worker / workers);
    }

    /** Copies and rounds more than it computes, so plain Java serves. */
    @Override
    public void rotateAndStore(LayerRows rows, MemorySegment cosSin) {
        scalar.rotateAndStore(rows, cosSin);
    }

    @Override
    public void attention(LayerRows rows, int window, MemorySegment out) {
        KernelChecks.attention(rows, out);
        KvShape shape = rows.shape();
        RowBatch batch = rows.batch();
        int kvHeads = shape.kvHeads();
        int group = rows.group();
        prepareScratch(shape, batch, group);
        int tileRows = Math.max(1, VectorAttention.TILE_QUERIES / group);
        plan.plan(
                batch, kvHeads, pool.threads(), tileRows, group * (VectorAttention.width(shape.headDim()) + 2), window);
        if (partials.length < plan.partialFloats()) {
            partials = new float[2 * plan.partialFloats()];
        }
        next.set(0);
        pool.run((worker, workers) -> {
            int part;
            while ((part = next.getAndIncrement()) < plan.count()) {
                scratch[worker].attend(rows, window, out, plan, part, partials);
            }
        });
        if (plan.merges() > 0) {
            next.set(plan.count());
            pool.run((worker, workers) -> {
                int part;
                while ((part = next.getAndIncrement()) < plan.count() + plan.merges()) {
                    scratch[worker].mergePartials(rows.heads(), kvHeads, out, plan, part, partials);
                }
            });
        }
    }

    private void prepareScratch(KvShape shape, RowBatch batch, int group) {
        if (scratch.length == pool.threads() && scratch[0].fits(shape.headDim(), group)) {
            return;
        }
        scratch = new VectorAttention[pool.threads()];
        for (int i = 0; i < scratch.length; i++) {
            scratch[i] = new VectorAttention(shape, batch, group);
        }
    }

    @Override
    public int topK(MemorySegment values, long offsetBytes, int size, int k, int[] indices) {
        KernelChecks.topK(values, offsetBytes, size, k, indices);
        int count = Math.min(k, size);
        if (count == 0) {
            return 0;
        }
        ScalarRows.heap(values, offsetBytes, count, indices);
        float threshold = ScalarRows.value(values, offsetBytes, indices[0]);
        for (int i = count; i < size; i++) {
            i = VectorRows.skipToAbove(values, offsetBytes, i, size, threshold);
            for (int end = Math.min(size, i + Lanes.LENGTH); i < end; i++) {
                if (values.get(JAVA_FLOAT, offsetBytes + 4L * i) > threshold) {
                    threshold = ScalarRows.replaceWorst(values, offsetBytes, indices, count, i);
                }
            }
            i--;
        }
        ScalarRows.sort(values, offsetBytes, indices, count);
        return count;
    }

    @Override
    public double logSumExp(MemorySegment values, long offsetBytes, int size) {
        KernelChecks.values(values, offsetBytes, size);
        return VectorRows.logSumExp(values, offsetBytes, size);
    }

    @Override
    public double softmax(MemorySegment values, long offsetBytes, int size, float temperature, MemorySegment out) {
        KernelChecks.values(values, offsetBytes, size);
        KernelChecks.values(out, 0, size);
        return VectorRows.softmax(values, offsetBytes, size, temperature, out);
    }
}
