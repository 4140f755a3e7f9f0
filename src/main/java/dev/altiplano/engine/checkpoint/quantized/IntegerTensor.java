package dev.altiplano.engine.checkpoint.quantized;

import dev.altiplano.engine.checkpoint.tensor.Tensor;
import dev.altiplano.engine.checkpoint.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * An {@link IntegerMatrix} as a tensor of GGUF. Where 32 columns share a scale that F16 holds, the codes go over as they are,
 * to Q4_0 or Q8_0, and no value changes; else the values are F32, or F16 for {@link #compact}.
 */
final class IntegerTensor implements Tensor {

    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int BLOCK = 32;

    private final String name;
    private final IntegerMatrix matrix;
    /** The group of each column. */
    private final int[] groups;

    private final TensorType type;

    private IntegerTensor(String name, IntegerMatrix matrix, int[] groups, TensorType type) {
        this.name = name;
        this.matrix = matrix;
        this.groups = groups;
        this.type = type;
    }

    /** Chooses the type; reads all scales and zeros for that, a hundredth of the weights. */
    static IntegerTensor of(String name, IntegerMatrix matrix, int[] groups) {
        return new IntegerTensor(name, matrix, groups, type(matrix, groups));
    }

    private static TensorType type(IntegerMatrix matrix, int[] groups) {
        if (groups.length % BLOCK != 0) {
            return TensorType.F32;
        }
        for (int column = 0; column < groups.length; column++) {
            if (groups[column] != groups[column - column % BLOCK]) {
                return TensorType.F32;
            }
        }
        int least = 0;
        int most = 0;
        for (int group = 0; group < matrix.groups(); group++) {
            for (int row = 0; row < matrix.rows(); row++) {
                float scale = matrix.scale(group, row);
                if (Float.float16ToFloat(Float.floatToFloat16(scale)) != scale) {
                    return TensorType.F32;
                }
                int zero = matrix.zero(group, row);
                least = Math.min(least, matrix.minCode() - zero);
                most = Math.max(most, matrix.maxCode() - zero);
            }
        }
        if (least >= -8 && most <= 7) {
            return TensorType.Q4_0;
        }
        return least >= -128 && most <= 127 ? TensorType.Q8_0 : TensorType.F32;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public TensorType type() {
        return type;
    }

    @Override
    public int rows() {
        return matrix.rows();
    }

    @Override
    public int columns() {
        return matrix.columns();
    }

    @Override
    public Tensor compact() {
        return type == TensorType.F32 ? new IntegerTensor(name, matrix, groups, TensorType.F16) : this;
    }

    @Override
    public void read(int firstRow, int count, MemorySegment target, long targetOffset) {
        Objects.checkFromIndexSize(firstRow, count, rows());
        int[] codes = new int[columns()];
        for (int row = firstRow; row < firstRow + count; row++) {
            matrix.codes(row, codes);
            long at = targetOffset + (row - firstRow) * rowBytes();
            switch (type) {
                case Q4_0 -> nibbles(row, codes, target, at);
                case Q8_0 -> bytes(row, codes, target, at);
                default -> values(row, codes, target, at);
            }
        }
    }

    private void values(int row, int[] codes, MemorySegment target, long at) {
        for (int column = 0; column < codes.length; column++) {
            int group = groups[column];
            float value = matrix.scale(group, row) * (codes[column] - matrix.zero(group, row));
            if (type == TensorType.F16) {
                target.set(U16, at + column * 2L, Float.floatToFloat16(value));
            } else {
                target.set(F32, at + column * 4L, value);
            }
        }
    }

    private void bytes(int row, int[] codes, MemorySegment target, long at) {
        long sink = at;
        for (int begin = 0; begin < codes.length; begin += BLOCK) {
            int zero = matrix.zero(groups[begin], row);
            target.set(U16, sink, Float.floatToFloat16(matrix.scale(groups[begin], row)));
            for (int i = 0; i < BLOCK; i++) {
                target.set(ValueLayout.JAVA_BYTE, sink + 2 + i, (byte) (codes[begin + i] - zero));
            }
            sink += type.bytes();
        }
    }

    /** Q4_0 holds value + 8; the first half of a block's values are the low nibbles. */
    private void nibbles(int row, int[] codes, MemorySegment target, long at) {
        long sink = at;
        for (int begin = 0; begin < codes.length; begin += BLOCK) {
            int shift = 8 - matrix.zero(groups[begin], row);
            target.set(U16, sink, Float.floatToFloat16(matrix.scale(groups[begin], row)));
            for (int i = 0; i < BLOCK / 2; i++) {
                int low = codes[begin + i] + shift;
                int high = codes[begin + BLOCK / 2 + i] + shift;
                target.set(ValueLayout.JAVA_BYTE, sink + 2 + i, (byte) (low | high << 4));
            }
            sink += type.bytes();
        }
    }
}
