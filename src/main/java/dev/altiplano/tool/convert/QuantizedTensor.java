package dev.altiplano.tool.convert;

import dev.altiplano.engine.checkpoint.tensor.Tensor;
import dev.altiplano.engine.checkpoint.tensor.TensorType;
import dev.altiplano.engine.kernel.WeightFormat;
import dev.altiplano.engine.kernel.quant.BlockQuantizer;
import dev.altiplano.engine.kernel.quant.BlockReader;
import dev.altiplano.engine.os.WorkerPool;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A tensor seen in another type: rows are converted when they are read, by all threads of a pool. One thread at
 * a time reads, to memory that all threads may write.
 */
final class QuantizedTensor implements Tensor {

    private static final int ROWS_AT_ONCE = 4;

    private final Tensor stored;
    private final TensorType type;
    private final WorkerPool pool;

    private QuantizedTensor(Tensor stored, TensorType type, WorkerPool pool) {
        this.stored = stored;
        this.type = type;
        this.pool = pool;
    }

    /** {@code tensor} itself, bit for bit, if it is stored in {@code type}; else a view of it. */
    static Tensor of(Tensor tensor, TensorType type, WorkerPool pool) {
        return tensor.type() == type ? tensor : new QuantizedTensor(tensor, type, pool);
    }

    @Override
    public String name() {
        return stored.name();
    }

    @Override
    public TensorType type() {
        return type;
    }

    @Override
    public int rows() {
        return stored.rows();
    }

    @Override
    public int columns() {
        return stored.columns();
    }

    @Override
    public void read(int firstRow, int rows, MemorySegment target, long targetOffset) {
        Objects.checkFromIndexSize(firstRow, rows, rows());
        AtomicInteger next = new AtomicInteger();
        pool.run((worker, workers) -> {
            byte[] in = new byte[Math.toIntExact(stored.rowBytes())];
            byte[] out = new byte[Math.toIntExact(rowBytes())];
            float[] values = new float[columns()];
            int begin = next.getAndAdd(ROWS_AT_ONCE);
            for (; begin < rows; begin = next.getAndAdd(ROWS_AT_ONCE)) {
                for (int row = begin; row < Math.min(rows, begin + ROWS_AT_ONCE); row++) {
                    stored.read(firstRow + row, 1, MemorySegment.ofArray(in), 0);
                    BlockReader.dequantize(format(stored.type()), in, 0, values, 0, values.length);
                    BlockQuantizer.quantize(format(type), values, 0, values.length, out, 0);
                    long at = targetOffset + row * rowBytes();
                    MemorySegment.copy(out, 0, target, ValueLayout.JAVA_BYTE, at, out.length);
                }
            }
        });
    }

    private static WeightFormat format(TensorType type) {
        return WeightFormat.valueOf(type.name());
    }
}
