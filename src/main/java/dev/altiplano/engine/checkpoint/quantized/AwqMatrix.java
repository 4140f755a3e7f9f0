package dev.altiplano.engine.checkpoint.quantized;

/**
 * A matrix as AWQ's gemm version packs it, 4 bits: {@code qweight} is int32 [inputs, outputs / 8], {@code qzeros} int32
 * [groups, outputs / 8], {@code scales} [groups, outputs]. The eight outputs of a word lie in the order 0 2 4 6 1 3 5 7.
 */
record AwqMatrix(RawTensor qweight, RawTensor qzeros, RawTensor scales, int rows, int columns)
        implements IntegerMatrix {

    @Override
    public int groups() {
        return scales.size(0);
    }

    @Override
    public int maxCode() {
        return 15;
    }

    @Override
    public void codes(int row, int[] target) {
        int shift = shift(row);
        for (int column = 0; column < columns; column++) {
            target[column] = qweight.i32((long) column * (rows / 8) + row / 8) >>> shift & 15;
        }
    }

    /** Where a word has the bits of an output: even ones come first. */
    private static int shift(int row) {
        int place = row % 8;
        return 4 * (place / 2 + place % 2 * 4);
    }

    @Override
    public int zero(int group, int row) {
        return qzeros.i32((long) group * (rows / 8) + row / 8) >>> shift(row) & 15;
    }

    @Override
    public float scale(int group, int row) {
        return scales.number((long) group * rows + row);
    }
}
