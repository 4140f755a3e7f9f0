package dev.altiplano.engine.kernel.vector;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.altiplano.engine.kernel.LinearChecks;
import dev.altiplano.engine.kernel.LinearKernels;
import dev.altiplano.engine.kernel.PackedLayout;
import dev.altiplano.engine.kernel.PackedMatrix;
import dev.altiplano.engine.kernel.scalar.ScalarLinear;
import dev.altiplano.engine.os.WorkerPool;
import java.lang.foreign.MemorySegment;

/** Linear layers with the Vector API, bit for bit as {@link ScalarLinear} defines them. */
public final class VectorLinear implements LinearKernels {

    /** Up to this many rows, each unpacks the weights again, from a cache: quantized weights, and others. */
    private static final int NARROW_ROWS = 8;

    private static final int NARROW_ROWS_PLAIN = 3;

    private final WorkerPool pool;
    private final VectorActivations activations = new VectorActivations();
    private final VectorWide[] wide;
    private final VectorNarrow[] narrow;
    private final WorkerPool.Task quantizeTask = this::quantizeShare;
    private final WorkerPool.Task multiplyTask = this::multiplyShare;

    private PackedMatrix[] stack = {};
    private MemorySegment out = MemorySegment.NULL;
    private int rows;
    private int outColumns;
    private boolean isNarrow;
    private boolean accumulate;

    public VectorLinear(WorkerPool pool) {
        this.pool = pool;
        wide = new VectorWide[pool.threads()];
        narrow = new VectorNarrow[pool.threads()];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = new VectorWide();
            narrow[i] = new VectorNarrow(NARROW_ROWS);
        }
    }

    @Override
    public void multiply(
            PackedMatrix[] stack,
            MemorySegment in,
            MemorySegment out,
            int rows,
            int generatedRows,
            boolean accumulate) {
        LinearChecks.linear(stack, in, out, rows, generatedRows);
        if (rows == 0) {
            return;
        }
        this.stack = stack;
        this.out = out;
        this.rows = rows;
        this.accumulate = accumulate;
        outColumns = 0;
        boolean anyQuantized = false;
        boolean allQuantized = true;
        for (PackedMatrix matrix : stack) {
            outColumns += matrix.rows();
            anyQuantized |= matrix.format().quantized();
            allQuantized &= matrix.format().quantized();
        }
        isNarrow = rows <= (allQuantized ? NARROW_ROWS : NARROW_ROWS_PLAIN);
        activations.read(in, rows, stack[0].columns());
        if (anyQuantized) {
            activations.reserve(rows, isNarrow);
            if (rows == 1) {
                quantizeTask.run(0, 1);
            } else {
                pool.run(quantizeTask);
            }
        }
        pool.run(multiplyTask);
    }

    private void quantizeShare(int worker, int workers) {
        for (int row = worker; row < rows; row += workers) {
            activations.quantize(row, isNarrow);
        }
    }

    private void multiplyShare(int worker, int workers) {
        int firstColumn = 0;
        int unit = isNarrow ? PackedLayout.STRIP : Math.max(PackedLayout.STRIP, Lanes.PAIR);
        for (PackedMatrix matrix : stack) {
            int units = (matrix.rows() + unit - 1) / unit;
            int begin = (int) ((long) units * worker / workers) * unit;
            int end = Math.min(matrix.rows(), (int) ((long) units * (worker + 1) / workers) * unit);
            if (isNarrow) {
                multiplyNarrow(narrow[worker], matrix, begin, end, firstColumn);
            } else {
                multiplyWide(wide[worker], matrix, begin, end, firstColumn);
            }
            firstColumn += matrix.rows();
        }
    }

    private void multiplyNarrow(VectorNarrow tile, PackedMatrix matrix, int begin, int end, int firstColumn) {
        int columns = matrix.columns();
        long stripBytes = PackedLayout.stripBytes(matrix.format(), columns);
        int outputs = VectorNarrow.STRIPS * PackedLayout.STRIP;
        for (int first = begin; first < end; first += outputs) {
            int count = Math.min(outputs, end - first);
            long at = matrix.data().address() + first / PackedLayout.STRIP * stripBytes;
            tile.multiply(matrix.format(), at, PackedLayout.strips(count), columns, activations, rows);
            for (int row = 0; row < rows; row++) {
                write(tile.sums, row * outputs, row, firstColumn + first, count);
            }
        }
    }

    private void multiplyWide(VectorWide tile, PackedMatrix matrix, int begin, int end, int firstColumn) {
        for (int first = begin; first < end; first += Lanes.PAIR) {
            tile.multiply(matrix, first, activations, rows);
            for (int row = 0; row < rows; row++) {
                write(tile.totals, row * Lanes.PAIR, row, firstColumn + first, Math.min(Lanes.PAIR, end - first));
            }
        }
    }

    private void write(float[] from, int at, int row, int column, int count) {
        long to = 4 * ((long) row * outColumns + column);
        if (accumulate) {
            for (int i = 0; i < count; i++) {
                from[at + i] += out.get(JAVA_FLOAT, to + 4L * i);
            }
        }
        MemorySegment.copy(from, at, out, JAVA_FLOAT, to, count);
    }
}
