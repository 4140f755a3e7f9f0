package dev.altiplano.engine.checkpoint.quantized;

import dev.altiplano.engine.checkpoint.tensor.Tensor;
import dev.altiplano.engine.checkpoint.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * A matrix of 8-bit floats with scales for all of it, for rows, or for blocks of rows and columns. Values are F32, or F16 for
 * {@link #compact}: no type of GGUF has them exactly in fewer bytes.
 */
final class Float8Tensor implements Tensor {

    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final String name;
    private final RawTensor weight;
    private final RawTensor scales;
    private final int blockRows;
    private final int blockColumns;
    /** Value of each byte. */
    private final float[] values;

    private final TensorType type;

    private Float8Tensor(
            String name,
            RawTensor weight,
            RawTensor scales,
            int blockRows,
            int blockColumns,
            float[] values,
            TensorType type) {
        this.name = name;
        this.weight = weight;
        this.scales = scales;
        this.blockRows = blockRows;
        this.blockColumns = blockColumns;
        this.values = values;
        this.type = type;
    }

    /** A matrix [outputs, inputs] whose scales are [⌈outputs / blockRows⌉, ⌈inputs / blockColumns⌉]. */
    static Float8Tensor of(String name, RawTensor weight, RawTensor scales, int blockRows, int blockColumns) {
        float[] values = new float[256];
        boolean e4m3 = weight.dtype().equals("F8_E4M3");
        for (int bits = 0; bits < 256; bits++) {
            // E5M2 is the upper half of an F16.
            values[bits] = e4m3 ? e4m3(bits) : Float.float16ToFloat((short) (bits << 8));
        }
        return new Float8Tensor(name, weight, scales, blockRows, blockColumns, values, TensorType.F32);
    }

    /** One sign bit, four bits of exponent (bias 7), three of fraction; no infinities, NaN where all seven bits are set. */
    static float e4m3(int bits) {
        int exponent = bits >> 3 & 15;
        int fraction = bits & 7;
        float size = (bits & 127) == 127
                ? Float.NaN
                : exponent == 0 ? fraction * 0x1p-9f : Math.scalb(1 + fraction / 8f, exponent - 7);
        return bits < 128 ? size : -size;
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
        return weight.size(0);
    }

    @Override
    public int columns() {
        return weight.size(1);
    }

    @Override
    public Tensor compact() {
        return new Float8Tensor(name, weight, scales, blockRows, blockColumns, values, TensorType.F16);
    }

    @Override
    public void read(int firstRow, int count, MemorySegment target, long targetOffset) {
        Objects.checkFromIndexSize(firstRow, count, rows());
        int columns = columns();
        int scalesInRow = Math.ceilDiv(columns, blockColumns);
        for (int row = firstRow; row < firstRow + count; row++) {
            long source = (long) row * columns;
            long at = targetOffset + (row - firstRow) * rowBytes();
            for (int begin = 0; begin < columns; begin += blockColumns) {
                float scale = scales.number((long) (row / blockRows) * scalesInRow + begin / blockColumns);
                int end = Math.min(columns, begin + blockColumns);
                for (int column = begin; column < end; column++) {
                    float value = values[weight.i8(source + column) & 0xFF] * scale;
                    if (type == TensorType.F16) {
                        target.set(U16, at + column * 2L, Float.floatToFloat16(value));
                    } else {
                        target.set(F32, at + column * 4L, value);
                    }
                }
            }
        }
    }
}
