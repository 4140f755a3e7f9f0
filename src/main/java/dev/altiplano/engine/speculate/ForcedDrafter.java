package dev.altiplano.engine.speculate;

import dev.altiplano.engine.grammar.GrammarMatcher;

/**
 * Drafts what a grammar forces: names of properties and what stands between them can come in one step. Which tokens spell it is
 * still the model's to say, so they are verified like any draft, and how many are drafted follows what has been accepted and
 * what rows cost ({@link DraftLength}). Belongs to one sequence.
 */
public final class ForcedDrafter {

    /** Forced text is divided as models usually do: it is expected to be right until it is seen not to be. */
    private static final double EXPECTED = 12;

    private final GrammarMatcher matcher;
    private final DraftLength lengths;

    /**
     * @param matcher stands where the sequence does
     * @param costs what rows take
     */
    public ForcedDrafter(GrammarMatcher matcher, StepCosts costs) {
        this.matcher = matcher;
        lengths = new DraftLength(costs, EXPECTED);
    }

    /**
     * Drafts what must follow.
     *
     * @param tokens the first {@code length} are the sequence; there is room for {@code max} more
     * @param rows rows that the step has without them
     * @param decoding sequences that get a token from those rows
     * @return how many tokens were written behind the sequence
     */
    public int draft(int[] tokens, int length, int max, int rows, int decoding) {
        int wanted = lengths.best(max, rows, decoding);
        return wanted == 0 ? 0 : matcher.forcedTokens(tokens, length, wanted);
    }

    /** The first {@code accepted} of {@code drafted} tokens were right. */
    public void verified(int drafted, int accepted) {
        if (drafted > 0) {
            lengths.seen(accepted, accepted < drafted);
        }
    }
}
