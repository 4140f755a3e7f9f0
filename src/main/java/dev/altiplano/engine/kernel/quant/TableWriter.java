package dev.altiplano.engine.kernel.quant;

import dev.altiplano.engine.kernel.LinearChecks;
import dev.altiplano.engine.kernel.WeightFormat;
import dev.altiplano.engine.os.WorkerPool;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicInteger;

/** Writes the rows of a table that is looked up, as they are stored or converted; the threads take some rows at a time. */
public final class TableWriter implements WorkerPool.Task {

    private static final int ROWS_AT_ONCE = 16;

    private final RowSource source;
    private final int rows;
    private final int columns;
    private final WeightFormat stored;
    private final WeightFormat held;
    private final MemorySegment table;
    private final AtomicInteger next = new AtomicInteger();

    /**
     * @param table [rows, columns] in {@code held}, as files store it
     */
    TableWriter(RowSource source, int rows, int columns, WeightFormat stored, WeightFormat held, MemorySegment table) {
        this.source = source;
        this.rows = rows;
        this.columns = columns;
        this.stored = stored;
        this.held = held;
        this.table = table;
    }

    /**
     * Writes a table for {@link Embedding}: rows one after the other as files store them, in the {@code stored} format or converted
     * to {@code held}. The workers share the work.
     *
     * @param target as many bytes as the rows take
     */
    public static void write(
            RowSource source,
            int rows,
            int columns,
            WeightFormat stored,
            WeightFormat held,
            MemorySegment target,
            WorkerPool workers) {
        LinearChecks.table(rows, columns, stored, held, target);
        workers.run(new TableWriter(source, rows, columns, stored, held, target));
    }

    @Override
    public void run(int worker, int workers) {
        long heldBytes = held.rowBytes(columns);
        byte[] in = new byte[Math.toIntExact(stored.rowBytes(columns))];
        byte[] out = new byte[Math.toIntExact(heldBytes)];
        float[] values = new float[columns];
        for (int first = next.getAndAdd(ROWS_AT_ONCE); first < rows; first = next.getAndAdd(ROWS_AT_ONCE)) {
            int count = Math.min(ROWS_AT_ONCE, rows - first);
            if (stored == held) {
                source.read(first, count, table.asSlice(first * heldBytes, count * heldBytes));
                continue;
            }
            for (int row = first; row < first + count; row++) {
                source.read(row, 1, MemorySegment.ofArray(in));
                BlockReader.dequantize(stored, in, 0, values, 0, columns);
                BlockQuantizer.quantize(held, values, 0, columns, out, 0);
                MemorySegment.copy(out, 0, table, ValueLayout.JAVA_BYTE, row * heldBytes, out.length);
            }
        }
    }
}
