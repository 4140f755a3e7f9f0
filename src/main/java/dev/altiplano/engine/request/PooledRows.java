package dev.altiplano.engine.request;

import dev.altiplano.engine.Pooling;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The hidden states of a prompt on their way to one vector. Summed in double and in the order of positions, so that the vector has
 * the same bits however the prompt was divided. Belongs to the engine thread.
 */
final class PooledRows {

    private final Pooling pooling;
    private double[] sums = new double[0];
    private int nextPosition;

    PooledRows(Pooling pooling) {
        this.pooling = pooling;
    }

    /**
     * Takes a row of {@code hidden}, F32 [rows, size]. Positions come in order; one that was taken before comes again after a
     * preemption, with the same bits, and is left out.
     */
    void add(MemorySegment hidden, int row, int size, int position) {
        if (position < nextPosition) {
            return;
        }
        nextPosition = position + 1;
        if (sums.length == 0) {
            sums = new double[size];
        }
        long first = (long) row * size;
        for (int i = 0; i < size; i++) {
            double value = hidden.getAtIndex(ValueLayout.JAVA_FLOAT, first + i);
            sums[i] = pooling == Pooling.LAST ? value : sums[i] + value;
        }
    }

    /**
     * The vector, of length 1. The divisor of a mean goes with the length.
     *
     * @throws NotFiniteException where a hidden state is no finite number
     * @throws IllegalStateException where all are 0
     */
    float[] unitVector() {
        double squares = 0;
        for (double sum : sums) {
            squares += sum * sum;
        }
        double length = Math.sqrt(squares);
        NotFiniteException.unlessFinite(length);
        if (length == 0) {
            throw new IllegalStateException("the hidden states of the prompt have no direction: all are 0");
        }
        float[] vector = new float[sums.length];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = (float) (sums[i] / length);
        }
        return vector;
    }
}
