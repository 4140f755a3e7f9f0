package dev.altiplano.engine.checkpoint.quantized;

/**
 * A matrix as GPTQ's tools pack it. {@code qweight} is int32 [inputs · bits / 32, outputs]: each column a stream of codes;
 * {@code qzeros} is int32 [groups, outputs · bits / 32], each row a stream of zeros; {@code scales} is [groups, outputs]. The
 * first version of the format stores each zero less one, in as many bits, so that 0 became the largest code.
 *
 * @param zeroOffset what a stored zero lacks: 1 in the first version, 0 in {@code gptq_v2}
 */
record GptqMatrix(
        RawTensor qweight, RawTensor qzeros, RawTensor scales, int bits, int zeroOffset, int rows, int columns)
        implements IntegerMatrix {

    @Override
    public int groups() {
        return scales.size(0);
    }

    @Override
    public int maxCode() {
        return (1 << bits) - 1;
    }

    @Override
    public void codes(int row, int[] target) {
        if (32 % bits != 0) {
            for (int column = 0; column < columns; column++) {
                target[column] = qweight.field(row, rows, column, bits);
            }
            return;
        }
        int perWord = 32 / bits;
        for (int column = 0; column < columns; column += perWord) {
            int word = qweight.i32((long) (column / perWord) * rows + row);
            for (int i = 0; i < perWord; i++) {
                target[column + i] = word >>> (i * bits) & maxCode();
            }
        }
    }

    @Override
    public int zero(int group, int row) {
        return qzeros.field((long) group * qzeros.size(1), 1, row, bits) + zeroOffset & maxCode();
    }

    @Override
    public float scale(int group, int row) {
        return scales.number((long) group * rows + row);
    }
}
