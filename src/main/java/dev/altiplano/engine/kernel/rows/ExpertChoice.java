package dev.altiplano.engine.kernel.rows;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The experts that each row goes through: softmax over all, the best few, their weights divided by their sum (Jiang et al. 2024).
 * A row's choice depends on its own logits alone; among equals the smaller number wins, NaN is the least. Allocates nothing after
 * construction.
 */
public final class ExpertChoice {

    private final int experts;
    private final int used;
    /** [rows][used], the experts of a row in the order of their numbers. */
    private final int[] chosen;
    /** [rows][used], beside {@link #chosen}. */
    private final float[] weights;

    private final double[] powers;

    public ExpertChoice(int maxRows, int experts, int used) {
        this.experts = experts;
        this.used = used;
        chosen = new int[Math.multiplyExact(maxRows, used)];
        weights = new float[chosen.length];
        powers = new double[used];
    }

    /** Chooses for each row. {@code logits} is F32 [rows, experts]. */
    public void choose(MemorySegment logits, int rows) {
        for (int row = 0; row < rows; row++) {
            choose(logits, (long) row * experts, row * used);
        }
    }

    private void choose(MemorySegment logits, long first, int at) {
        for (int i = 0; i < used; i++) {
            int best = -1;
            float most = Float.NEGATIVE_INFINITY;
            for (int expert = 0; expert < experts; expert++) {
                float logit = logits.getAtIndex(ValueLayout.JAVA_FLOAT, first + expert);
                if ((best < 0 || logit > most) && !taken(at, i, expert)) {
                    best = expert;
                    most = logit > Float.NEGATIVE_INFINITY ? logit : Float.NEGATIVE_INFINITY;
                }
            }
            chosen[at + i] = best;
        }
        float top = logits.getAtIndex(ValueLayout.JAVA_FLOAT, first + chosen[at]);
        sort(at);
        double sum = 0;
        for (int i = 0; i < used; i++) {
            powers[i] =
                    StrictMath.exp((double) logits.getAtIndex(ValueLayout.JAVA_FLOAT, first + chosen[at + i]) - top);
            sum += powers[i];
        }
        for (int i = 0; i < used; i++) {
            weights[at + i] = (float) (powers[i] / sum);
        }
    }

    private boolean taken(int at, int count, int expert) {
        for (int i = 0; i < count; i++) {
            if (chosen[at + i] == expert) {
                return true;
            }
        }
        return false;
    }

    private void sort(int at) {
        for (int i = at + 1; i < at + used; i++) {
            int expert = chosen[i];
            int place = i;
            for (; place > at && chosen[place - 1] > expert; place--) {
                chosen[place] = chosen[place - 1];
            }
            chosen[place] = expert;
        }
    }

    /** The i-th expert of a row, in the order of their numbers. */
    public int expert(int row, int i) {
        return chosen[row * used + i];
    }

    /** What the output of the i-th expert of a row counts. */
    public float weight(int row, int i) {
        return weights[row * used + i];
    }

    /**
     * Gathers the rows of an expert, in their order.
     *
     * @param rows how many rows have chosen
     * @param rowIds receives the rows
     * @param rowWeights receives what the expert's output counts for each
     * @return how many there are
     */
    public int rowsOf(int expert, int rows, int[] rowIds, float[] rowWeights) {
        int count = 0;
        for (int i = 0; i < rows * used; i++) {
            if (chosen[i] == expert) {
                rowIds[count] = i / used;
                rowWeights[count++] = weights[i];
            }
        }
        return count;
    }
}
