package dev.altiplano.tool.convert;

import dev.altiplano.engine.checkpoint.adapter.AdapterFile;
import dev.altiplano.engine.checkpoint.adapter.LowRank;
import dev.altiplano.engine.checkpoint.tensor.Tensor;
import dev.altiplano.engine.checkpoint.tensor.TensorType;
import dev.altiplano.engine.kernel.WeightFormat;
import dev.altiplano.engine.kernel.quant.BlockReader;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** A matrix with an adapter merged into it: {@code W + scale · B · A}, computed row by row when it is read, by any thread. */
final class AdaptedTensor implements Tensor {

    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Tensor base;
    private final int rank;
    /** [rank, columns]. */
    private final float[] a;
    /** [rows, rank], times the scale. */
    private final float[] b;

    /** A matrix that no adapter changes, in F32 as well, since the experts of a layer have one type in a GGUF file. */
    private AdaptedTensor(Tensor base) {
        this.base = base;
        this.rank = 0;
        this.a = new float[0];
        this.b = new float[0];
    }

    private AdaptedTensor(Tensor base, LowRank part) {
        this.base = base;
        this.rank = part.rank();
        this.a = values(part.a());
        this.b = values(part.b());
        for (int i = 0; i < b.length; i++) {
            b[i] *= part.scale();
        }
    }

    /** {@code tensors} with those that {@code adapter} changes replaced by their sums, which only F32 has without rounding. */
    static List<Tensor> merge(List<Tensor> tensors, AdapterFile adapter) {
        Set<String> besideChanged = new HashSet<>();
        adapter.parts().sequencedKeySet().forEach(target -> besideChanged.add(withoutExpert(target)));
        List<Tensor> merged = new ArrayList<>();
        for (Tensor tensor : tensors) {
            LowRank part = adapter.parts().get(tensor.name());
            if (part != null) {
                merged.add(new AdaptedTensor(tensor, part));
            } else {
                merged.add(besideChanged.contains(withoutExpert(tensor.name())) ? new AdaptedTensor(tensor) : tensor);
            }
        }
        return merged;
    }

    /** A tensor's name without the number of its expert, if it has one. */
    private static String withoutExpert(String name) {
        return name.replaceFirst("\\.[0-9]+\\.weight$", ".weight");
    }

    @Override
    public String name() {
        return base.name();
    }

    @Override
    public TensorType type() {
        return TensorType.F32;
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
            MemorySegment.copy(row, 0, target, F32, targetOffset + i * rowBytes(), row.length);
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
