package dev.altiplano.engine.checkpoint.quantized;

/**
 * A matrix of small integers with scales: element (row, column) is {@code scale(group, row) * (code - zero(group, row))} for
 * the group of its column. Thread-safe.
 */
interface IntegerMatrix {

    int rows();

    int columns();

    /** Number of groups of columns that share a scale in each row. */
    int groups();

    /** Largest code that can occur. */
    int maxCode();

    /** Smallest code that can occur. */
    default int minCode() {
        return 0;
    }

    /** Writes the codes of a row. */
    void codes(int row, int[] target);

    int zero(int group, int row);

    float scale(int group, int row);
}
