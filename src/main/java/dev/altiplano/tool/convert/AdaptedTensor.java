package dev.altiplano.tool.convert;

import dev.altiplano.engine.checkpoint.Tensor;
import dev.altiplano.engine.checkpoint.TensorType;
import dev.altiplano.engine.checkpoint.adapter.AdapterFile;
import dev.altiplano.engine.checkpoint.adapter.LowRank;
import dev.altiplano.engine.kernel.WeightFormat;
import dev.altiplano.engine.kernel.quant.BlockQuantizer;
import dev.altiplano.engine.kernel.quant.BlockReader;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A matrix with an adapter merged into it: {@code W + scale · B · A}, computed row by row when it is read, by any thread. */
final class AdaptedTensor implements Tensor {

    private final Tensor base;
    private final TensorType type;
    private final int rank;
    /** [rank, columns]. */
    private final float[] a;
    /** [rows, rank], times the scale. */
    private final float[] b;

    private AdaptedTensor(Tensor base, LowRank part, TensorType type) {
        this.base = base;
        this.type = type;
        this.rank = part.rank();
        this.a = values(part.a());
        this.b = values(part.b());
        for (int i = 0; i < b.length; i++) {
            b[i] *= part.scale();
        }
    }

    /** {@code tensors} with those that {@code adapter} changes replaced: 16 bits stay 16 bits, everything else becomes F32. */
    static List<Tensor> merge(List<Tensor> tensors, AdapterFile adapter) {
        List<Tensor> merged = new ArrayList<>();
        for (Tensor tensor : tensors) {
            LowRank part = adapter.parts().get(tensor.name());
            merged.add(part == null ? tensor : new AdaptedTensor(tensor, part, TensorType.F32));
        }
        return merged;
    }

    @Override
    public String name() {
        return base.name();
    }

    @Override
    public TensorType type() {
        return type;
    }

    @Override
    public int rows() {
        return base.rows();
    }

    @Override
    public int columns() {
        return base.columns();
    }

    @Override
    public void read(int firstRow, int count, MemorySegment target, long targetOffset) {
        Objects.checkFromIndexSize(firstRow, count, rows());
        byte[] stored = new byte[Math.toIntExact(base.rowBytes())];
        byte[] written = new byte[Math.toIntExact(rowBytes())];
        float[] row = new float[columns()];
        for (int i = 0; i < count; i++) {
            base.read(firstRow + i, 1, MemorySegment.ofArray(stored), 0);
            BlockReader.dequantize(format(base.type()), stored, 0, row, 0, row.length);
            for (int r = 0; r < rank; r++) {
                float factor = b[(firstRow + i) * rank + r];
                for (int column = 0; column < row.length; column++) {
                    row[column] += factor * a[r * row.length + column];
                }
            }
            BlockQuantizer.quantize(format(type), row, 0, row.length, written, 0);
            MemorySegment.copy(
                    written, 0, target, ValueLayout.JAVA_BYTE, targetOffset + i * rowBytes(), written.length);
        }
    }

    private static float[] values(Tensor tensor) {
        float[] values = new float[Math.multiplyExact(tensor.rows(), tensor.columns())];
        byte[] row = new byte[Math.toIntExact(tensor.rowBytes())];
        for (int i = 0; i < tensor.rows(); i++) {
            tensor.read(i, 1, MemorySegment.ofArray(row), 0);
            BlockReader.dequantize(format(tensor.type()), row, 0, values, i * tensor.columns(), tensor.columns());
        }
        return values;
    }

    private static WeightFormat format(TensorType type) {
        return WeightFormat.valueOf(type.name());
    }
}
