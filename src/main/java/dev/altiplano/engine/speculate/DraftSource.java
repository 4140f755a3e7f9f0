package dev.altiplano.engine.speculate;

/** Where drafts of the next tokens of one sequence come from. Belongs to the engine thread. */
sealed interface DraftSource permits ForcedDrafter, NgramDrafter, ModelDrafter {

    /**
     * Promises a draft of what follows: it stands behind the sequence when the step computes it.
     *
     * @param tokens the first {@code length} are the sequence; there is room for {@code max} more
     * @param rows rows that the step has without them
     * @param decoding sequences that get a token from those rows
     * @return how many, at most {@code max}; 0 where they would not gain
     */
    int draft(int[] tokens, int length, int max, int rows, int decoding);

    /** The first {@code accepted} of {@code drafted} tokens, which came from here, were right. */
    void verified(int drafted, int accepted);

    /** The sequence gives its memory back: it has ended, or goes on later. */
    void release();
}
