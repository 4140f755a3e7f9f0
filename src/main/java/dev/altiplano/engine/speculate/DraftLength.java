package dev.altiplano.engine.speculate;

/**
 * How many tokens a sequence should draft: as many as are expected to gain most, given how its drafts have fared and what rows cost at
 * the moment, and none where they would cost more than they gain. Belongs to one sequence.
 */
final class DraftLength {

    /** A gain must be larger than its cost by this, since both are estimates. */
    private static final double MARGIN = 1.25;
    /** Weight of what was seen before a further outcome. */
    private static final double MEMORY = 0.9;

    private final StepCosts costs;
    /** Drafted tokens that were right, the latest counting most. Begins undecided. */
    private double right = 1;
    /** Drafts that went wrong somewhere, in the same measure. */
    private double wrong = 1;

    DraftLength(StepCosts costs) {
        this.costs = costs;
    }

    /** The first {@code accepted} tokens of a draft were right, and the next was not where it {@code failed}. */
    void seen(int accepted, boolean failed) {
        right = MEMORY * right + accepted;
        wrong = MEMORY * wrong + (failed ? 1 : 0);
    }

    /**
     * The number of tokens to draft.
     *
     * @param max maximum of them
     * @param rows rows that are planned without them
     * @param decoding sequences that get a token from those rows
     */
    int best(int max, int rows, int decoding) {
        double each = right / (right + wrong);
        double tokenNanos = costs.of(decoding) / decoding;
        double without = costs.of(rows);
        double expected = 0;
        double likely = 1;
        double mostGain = 0;
        int best = 0;
        for (int length = 1; length <= max; length++) {
            likely *= each;
            expected += likely;
            double gain = expected * tokenNanos - MARGIN * (costs.of(rows + length) - without);
            if (gain > mostGain) {
                mostGain = gain;
                best = length;
            }
        }
        return best;
    }
}
