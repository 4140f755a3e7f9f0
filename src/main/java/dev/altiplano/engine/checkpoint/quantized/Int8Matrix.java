package dev.altiplano.engine.checkpoint.quantized;

import org.jspecify.annotations.Nullable;

/**
 * A matrix as compressed-tensors' {@code int-quantized} stores it: {@code weight} is int8 [outputs, inputs], {@code scales}
 * [outputs, groups] or a single number, {@code zeros}, where there are any, int8 of the scales' shape.
 */
record Int8Matrix(RawTensor weight, @Nullable RawTensor zeros, RawTensor scales) implements IntegerMatrix {

    @Override
    public int rows() {
        return weight.size(0);
    }

    @Override
    public int columns() {
        return weight.size(1);
    }

    @Override
    public int groups() {
        return scales.size(1);
    }

    @Override
    public int minCode() {
        return -128;
    }

    @Override
    public int maxCode() {
        return 127;
    }

    @Override
    public void codes(int row, int[] target) {
        long first = (long) row * columns();
        for (int column = 0; column < target.length; column++) {
            target[column] = weight.i8(first + column);
        }
    }

    @Override
    public int zero(int group, int row) {
        return zeros == null ? 0 : zeros.i8(place(group, row));
    }

    @Override
    public float scale(int group, int row) {
        return scales.number(place(group, row));
    }

    private long place(int group, int row) {
        return scales.elements() == 1 ? 0 : (long) row * groups() + group;
    }
}
