package dev.altiplano.engine.kernel.rows;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.altiplano.engine.os.WorkerPool;
import java.lang.foreign.MemorySegment;

/** Adds to rows of activations: a bias to each, or the weighted outputs of an expert to some. */
public final class RowSums {

    /** Numbers below which waking the workers costs more than it saves. */
    private static final long WORTH_SHARING = 1 << 15;

    private final WorkerPool pool;
    private final WorkerPool.Task biasTask = this::biasShare;
    private final WorkerPool.Task weightedTask = this::weightedShare;

    private MemorySegment target = MemorySegment.NULL;
    private MemorySegment added = MemorySegment.NULL;
    private int rows;
    private int rowSize;
    private int firstColumn;
    private int size;
    private int[] rowIds = {};
    private float[] weights = {};

    public RowSums(WorkerPool pool) {
        this.pool = pool;
    }

    /**
     * Adds {@code bias} to columns {@code [firstColumn, firstColumn + size)} of each row.
     *
     * @param target F32 [rows, rowSize]
     * @param bias F32 [size]
     */
    public void addBias(MemorySegment target, int rows, int rowSize, int firstColumn, MemorySegment bias, int size) {
        if (firstColumn < 0 || firstColumn + size > rowSize || target.byteSize() < 4L * rows * rowSize) {
            throw new IllegalArgumentException("a bias of " + size + " from column " + firstColumn + " of " + rows
                    + " rows of " + rowSize + " in " + target.byteSize() + " bytes");
        }
        this.target = target;
        added = bias;
        this.rows = rows;
        this.rowSize = rowSize;
        this.firstColumn = firstColumn;
        this.size = size;
        run(biasTask);
    }

    /**
     * Adds row i of {@code added}, times {@code weights[i]}, to row {@code rowIds[i]} of {@code target}, rounding the product and the
     * sum; each row occurs once.
     *
     * @param added F32 [rows, size]
     * @param target F32 [any, size]
     */
    public void addWeighted(
            MemorySegment added, int rows, int size, int[] rowIds, float[] weights, MemorySegment target) {
        this.target = target;
        this.added = added;
        this.rows = rows;
        this.size = size;
        this.rowIds = rowIds;
        this.weights = weights;
        run(weightedTask);
    }

    private void run(WorkerPool.Task task) {
        if (rows == 1 || (long) rows * size < WORTH_SHARING) {
            task.run(0, 1);
        } else {
            pool.run(task);
        }
    }

    private void biasShare(int worker, int workers) {
        for (int row = begin(worker, workers); row < begin(worker + 1, workers); row++) {
            long at = 4L * ((long) row * rowSize + firstColumn);
            for (long i = 0; i < 4L * size; i += 4) {
                target.set(JAVA_FLOAT, at + i, target.get(JAVA_FLOAT, at + i) + added.get(JAVA_FLOAT, i));
            }
        }
    }

    private void weightedShare(int worker, int workers) {
        for (int row = begin(worker, workers); row < begin(worker + 1, workers); row++) {
            long from = 4L * row * size;
            long to = 4L * rowIds[row] * size;
            float weight = weights[row];
            for (long i = 0; i < 4L * size; i += 4) {
                float product = weight * added.get(JAVA_FLOAT, from + i);
                target.set(JAVA_FLOAT, to + i, target.get(JAVA_FLOAT, to + i) + product);
            }
        }
    }

    private int begin(int worker, int workers) {
        return (int) ((long) rows * worker / workers);
    }
}
