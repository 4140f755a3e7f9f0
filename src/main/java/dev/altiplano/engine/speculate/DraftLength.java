package dev.altiplano.engine.speculate;

/**
 * How many tokens a sequence should draft: as many as are expected to gain most, given how its drafts have fared and what rows cost at
 * the moment, and none where they would cost more than they gain. Belongs to one sequence.
 */
final class DraftLength {

    /** A gain must be larger than its cost by this, since both are estimates. */
    private static final double MARGIN = 1.5;
    /** Weight of what was seen before a further outcome. */
    private static final double MEMORY = 0.95;

    /** Added to what went wrong: a few lucky tokens prove little. */
    private static final double DOUBT = 1;

    /** Weight of what others have seen, for one that has seen nothing. */
    private static final double TRUST = 4;

    private final StepCosts costs;
    /** Drafted tokens that were right, the latest counting most. */
    private double right;
    /** Drafts that went wrong somewhere, in the same measure. */
    private double wrong;

    /** Begins undecided. */
    DraftLength(StepCosts costs) {
        this(costs, 1, 1);
    }

    /** Begins as if so many tokens had been right, and so many drafts wrong. */
    DraftLength(StepCosts costs, double right, double wrong) {
        this.costs = costs;
        this.right = right;
        this.wrong = wrong;
    }

    /** The length of another sequence's drafts from the same source: begins with what was seen here. */
    DraftLength next() {
        double part = Math.min(1, TRUST / (right + wrong));
        return new DraftLength(costs, part * right, part * wrong);
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
     * @param draft what drafting a token costs, in the measure of the costs
     */
    int best(int max, int rows, int decoding, double draft) {
        if (!costs.known(decoding)) {
            // Without a plain step to compare with, nobody knows what is gained.
            return 0;
        }
        double each = right / (right + wrong + DOUBT);
        double tokenNanos = costs.of(decoding) / decoding;
        double expected = 0;
        double likely = 1;
        double mostGain = 0;
        int best = 0;
        for (int length = 1; length <= max; length++) {
            likely *= each;
            expected += likely;
            double cost = costs.ofDraft(rows, length) + length * draft;
            double gain = expected * tokenNanos - MARGIN * cost;
            if (gain > mostGain) {
                mostGain = gain;
                best = length;
            }
        }
        return best;
    }
}
