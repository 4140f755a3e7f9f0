package dev.altiplano.engine.kernel.quant;

import dev.altiplano.engine.kernel.LinearChecks;
import dev.altiplano.engine.kernel.WeightFormat;
import dev.altiplano.engine.os.WorkerPool;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Looks rows of a stored matrix up and converts them to floats; the threads share the rows. */
public final class Embedding {

    private final WorkerPool pool;
    private final byte[][] bytes;
    private final float[][] floats;
    private final WorkerPool.Task task = this::share;

    private MemorySegment table = MemorySegment.NULL;
    private WeightFormat format = WeightFormat.F32;
    private int columns;
    private MemorySegment ids = MemorySegment.NULL;
    private int rows;
    private MemorySegment out = MemorySegment.NULL;

    public Embedding(WorkerPool pool) {
        this.pool = pool;
        bytes = new byte[pool.threads()][0];
        floats = new float[pool.threads()][0];
    }

    /**
     * Looks token embeddings up.
     *
     * @param table the embedding as {@code format} stores it, [vocabulary, columns] row-major
     * @param ids int32 [rows], each inside the vocabulary
     * @param out F32 [rows, columns]
     */
    public void run(
            MemorySegment table, WeightFormat format, int columns, MemorySegment ids, int rows, MemorySegment out) {
        LinearChecks.embed(table, format, columns, ids, rows, out);
        this.table = table;
        this.format = format;
        this.columns = columns;
        this.ids = ids;
        this.rows = rows;
        this.out = out;
        int rowBytes = Math.toIntExact(format.rowBytes(columns));
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i].length < rowBytes || floats[i].length < columns) {
                bytes[i] = new byte[rowBytes];
                floats[i] = new float[columns];
            }
        }
        if (rows < 4) {
            share(0, 1);
        } else {
            pool.run(task);
        }
    }

    private void share(int worker, int workers) {
        int rowBytes = Math.toIntExact(format.rowBytes(columns));
        for (int row = worker; row < rows; row += workers) {
            long at = (long) ids.getAtIndex(ValueLayout.JAVA_INT, row) * rowBytes;
            MemorySegment.copy(table, ValueLayout.JAVA_BYTE, at, bytes[worker], 0, rowBytes);
            BlockReader.dequantize(format, bytes[worker], 0, floats[worker], 0, columns);
            MemorySegment.copy(floats[worker], 0, out, ValueLayout.JAVA_FLOAT, 4L * row * columns, columns);
        }
    }
}
