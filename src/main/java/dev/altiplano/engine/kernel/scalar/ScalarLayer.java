package dev.altiplano.engine.kernel.scalar;

import dev.altiplano.engine.kernel.KernelChecks;
import dev.altiplano.engine.kernel.LayerKernels;
import dev.altiplano.engine.kernel.LayerRows;
import dev.altiplano.engine.os.WorkerPool;
import java.lang.foreign.MemorySegment;

/** Everything but matrix products in plain Java, shared out over the worker pool. */
public final class ScalarLayer implements LayerKernels {

    /** Numbers below which waking the workers costs more than it saves. */
    private static final int WORTH_SHARING = 4096;

    private final WorkerPool pool;
    private ScalarAttention[] scratch = new ScalarAttention[0];

    public ScalarLayer(WorkerPool pool) {
        this.pool = pool;
    }

    @Override
    public void rmsNorm(MemorySegment x, MemorySegment weight, float epsilon, MemorySegment out, int rows, int size) {
        KernelChecks.rmsNorm(x, weight, out, rows, size);
        share(
                rows,
                (long) rows * size,
                (worker, workers) -> ScalarRows.rmsNorm(
                        x, weight, epsilon, out, begin(rows, worker, workers), begin(rows, worker + 1, workers), size));
    }

    @Override
    public void swiGlu(MemorySegment gateUp, MemorySegment out, int rows, int size) {
        KernelChecks.swiGlu(gateUp, out, rows, size);
        share(
                rows,
                (long) rows * size,
                (worker, workers) -> ScalarRows.swiGlu(
                        gateUp, out, begin(rows, worker, workers), begin(rows, worker + 1, workers), size));
    }

    @Override
    public void rotateAndStore(LayerRows rows, MemorySegment cosSin) {
        KernelChecks.rotateAndStore(rows, cosSin);
        int count = rows.batch().rows();
        share(
                count,
                count * rows.rowSize(),
                (worker, workers) -> ScalarAttention.rotateAndStore(
                        rows, cosSin, begin(count, worker, workers), begin(count, worker + 1, workers)));
    }

    @Override
    public void attention(LayerRows rows, int window, MemorySegment out) {
        KernelChecks.attention(rows, out);
        int kvHeads = rows.shape().kvHeads();
        int items = rows.batch().rows() * kvHeads;
        prepareScratch(rows.shape().headDim(), rows.group());
        pool.run((worker, workers) -> {
            int end = begin(items, worker + 1, workers);
            for (int item = begin(items, worker, workers); item < end; item++) {
                scratch[worker].attention(rows, window, out, item / kvHeads, item % kvHeads);
            }
        });
    }

    @Override
    public int topK(MemorySegment values, long offsetBytes, int size, int k, int[] indices) {
        KernelChecks.topK(values, offsetBytes, size, k, indices);
        return ScalarRows.topK(values, offsetBytes, size, k, indices);
    }

    @Override
    public double logSumExp(MemorySegment values, long offsetBytes, int size) {
        KernelChecks.values(values, offsetBytes, size);
        return ScalarRows.logSumExp(values, offsetBytes, size);
    }

    @Override
    public double softmax(MemorySegment values, long offsetBytes, int size, float temperature, MemorySegment out) {
        KernelChecks.values(values, offsetBytes, size);
        KernelChecks.values(out, 0, size);
        return ScalarRows.softmax(values, offsetBytes, size, temperature, out);
    }

    private void prepareScratch(int headDim, int group) {
        if (scratch.length == pool.threads() && scratch[0].fits(headDim, group)) {
            return;
        }
        scratch = new ScalarAttention[pool.threads()];
        for (int i = 0; i < scratch.length; i++) {
            scratch[i] = new ScalarAttention(headDim, group);
        }
    }

    private void share(int rows, long numbers, WorkerPool.Task task) {
        if (rows == 1 || numbers < WORTH_SHARING) {
            task.run(0, 1);
        } else {
            pool.run(task);
        }
    }

    private static int begin(int items, int worker, int workers) {
        return (int) ((long) items * worker / workers);
    }
}
