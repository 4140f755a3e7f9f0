package dev.altiplano.engine.checkpoint.quantized;

import org.jspecify.annotations.Nullable;

/**
 * A matrix as compressed-tensors' {@code pack-quantized} stores it: {@code packed} is int32 [outputs, words], each row its
 * codes with half the range added; {@code zeros}, where there are any, int32 [words, groups], each column the zeros of the
 * outputs with the same added; {@code scales} is [outputs, groups].
 */
record PackQuantizedMatrix(
        RawTensor packed, @Nullable RawTensor zeros, RawTensor scales, int bits, int rows, int columns)
        implements IntegerMatrix {

    @Override
    public int groups() {
        return scales.size(1);
    }

    @Override
    public int maxCode() {
        return (1 << bits) - 1;
    }

    @Override
    public void codes(int row, int[] target) {
        long word = (long) row * packed.size(1);
        for (int column = 0; column < columns; column++) {
            target[column] = packed.field(word, 1, column, bits);
        }
    }

    @Override
    public int zero(int group, int row) {
        return zeros == null ? 1 << (bits - 1) : zeros.field(group, groups(), row, bits);
    }

    @Override
    public float scale(int group, int row) {
        return scales.number((long) row * groups() + group);
    }
}
