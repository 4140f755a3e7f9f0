package dev.altiplano.engine.kernel.vector;

import dev.altiplano.engine.kernel.quant.QuantizedRows;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Activations as {@link VectorNarrow} and {@link VectorWide} take them; buffers grow to the largest call met. */
final class VectorActivations {

    /** As they came. */
    float[] input = {};
    /** Quantized, as floats. */
    float[] levels = {};
    /** Quantized, two shorts in an int: of columns 4i to 4i + 3, the first and third, then the second and fourth. */
    int[] pairs = {};
    /** Sums of 16 quantized. */
    int[] sums = {};

    float[] scales = {};
    float[] scaledSums = {};
    private final QuantizedRows quantized = new QuantizedRows();
    private int columns;

    /** Takes rows over as they are. */
    void read(MemorySegment in, int rows, int columns) {
        this.columns = columns;
        int count = Math.multiplyExact(rows, columns);
        if (input.length < count) {
            input = new float[count];
        }
        MemorySegment.copy(in, ValueLayout.JAVA_FLOAT, 0, input, 0, count);
    }

    /** Makes room for quantized rows, in the one form or the other. */
    void reserve(int rows, boolean narrow) {
        int count = rows * columns;
        quantized.reserve(rows, columns);
        scales = quantized.scales;
        scaledSums = quantized.scaledSums;
        if (narrow && pairs.length < count / 2) {
            pairs = new int[count / 2];
            sums = new int[count / 16];
        }
        if (!narrow && levels.length < count) {
            levels = new float[count];
        }
    }

    /** Quantizes one row; rows may be quantized by different threads. */
    void quantize(int row, boolean narrow) {
        quantized.quantize(row, input);
        byte[] values = quantized.values;
        int end = (row + 1) * columns;
        if (!narrow) {
            for (int i = row * columns; i < end; i++) {
                levels[i] = values[i];
            }
            return;
        }
        for (int i = row * columns; i < end; i += 4) {
            pairs[i / 2] = values[i] & 0xffff | values[i + 2] << 16;
            pairs[i / 2 + 1] = values[i + 1] & 0xffff | values[i + 3] << 16;
        }
        for (int i = row * columns; i < end; i += 16) {
            int sum = 0;
            for (int j = i; j < i + 16; j++) {
                sum += values[j];
            }
            sums[i / 16] = sum;
        }
    }
}
