package dev.altiplano.engine.speculate;

import dev.altiplano.engine.grammar.GrammarMatcher;

/**
 * Drafts what a grammar forces: names of properties and what stands between them can come in one step. Which tokens spell it is
 * still the model's to say, so they are verified like any draft, and how many are drafted follows what has been accepted and
 * what rows cost ({@link DraftLength}). Belongs to one sequence.
 */
final class ForcedDrafter implements DraftSource {

    /** Forced text is divided as models usually do: it is expected to be right until it is seen not to be. */
    private static final double EXPECTED = 12;

    private static final double FAILED = 1;

    private final GrammarMatcher matcher;
    private final DraftLength lengths;

    /**
     * @param matcher stands where the sequence does
     * @param costs what rows take
     */
    ForcedDrafter(GrammarMatcher matcher, StepCosts costs) {
        this.matcher = matcher;
        lengths = new DraftLength(costs, EXPECTED, FAILED);
    }

    @Override
    public int draft(int[] tokens, int length, int max, int rows, int decoding) {
        int wanted = lengths.best(max, rows, decoding, 0);
        return wanted == 0 ? 0 : matcher.forcedTokens(tokens, length, wanted);
    }

    @Override
    public void verified(int drafted, int accepted) {
        if (drafted > 0) {
            lengths.seen(accepted, accepted < drafted);
        }
    }

    @Override
    public void release() {
        // Holds nothing.
    }
}
