package dev.altiplano.engine.speculate;

import java.util.Arrays;

/**
 * Drafts by looking back (prompt lookup decoding, Saxena 2023): where the last three tokens stood before, what followed them then may
 * follow again. So texts that are edited, quoted or continued in a pattern are decoded several tokens at a time, and others cost
 * nothing: without a match there is no draft.
 *
 * <p>How much is drafted follows what has been accepted lately and what rows cost ({@link DraftLength}). What is not worth a row is
 * watched instead: whether it would have been right is seen when the tokens have come, so that drafting begins again by itself where it
 * would gain. Belongs to one sequence.
 */
final class NgramDrafter implements DraftSource {

    /** Tokens that must agree. */
    private static final int GRAM = 3;

    /** Tokens of a draft that is only watched. */
    private static final int WATCHED = 4;

    /** By hash of a gram: where the token behind its latest occurrence stands, or 0. */
    private int[] next;
    /** Tokens whose grams have been noted. */
    private int noted;

    private final DraftLength lengths;
    /** Where the draft that is watched would have stood, 0 where none is; and where its tokens were found. */
    private int watchedAt;

    private int watchedFrom;

    /** @param costs what rows take */
    NgramDrafter(StepCosts costs) {
        next = new int[256];
        lengths = new DraftLength(costs);
    }

    /** {@inheritDoc} They are written at once. */
    @Override
    public int draft(int[] tokens, int length, int max, int rows, int decoding) {
        note(tokens, length);
        watch(tokens, length);
        if (length < GRAM) {
            return 0;
        }
        int from = next[slot(tokens, length)];
        if (from == 0 || !agree(tokens, from, length)) {
            return 0;
        }
        int wanted = lengths.best(max, rows, decoding, 0);
        if (wanted == 0 && watchedAt == 0) {
            watchedAt = length;
            watchedFrom = from;
        }
        // The source may reach into the draft itself: a repeated pattern goes on.
        for (int i = 0; i < wanted; i++) {
            tokens[length + i] = tokens[from + i];
        }
        return wanted;
    }

    @Override
    public void verified(int drafted, int accepted) {
        if (drafted > 0) {
            lengths.seen(accepted, accepted < drafted);
        }
    }

    @Override
    public void release() {
        // What was noted stays true.
    }

    /** Compares the draft that was not made with what has come instead. */
    private void watch(int[] tokens, int length) {
        if (watchedAt == 0) {
            return;
        }
        int right = 0;
        while (right < WATCHED
                && watchedAt + right < length
                && tokens[watchedAt + right] == tokens[watchedFrom + right]) {
            right++;
        }
        if (right == WATCHED || watchedAt + right < length) {
            lengths.seen(right, right < WATCHED);
            watchedAt = 0;
        }
    }

    /** Notes what follows each gram that is new: the last one has nothing behind it yet. */
    private void note(int[] tokens, int length) {
        if (2 * length > next.length) {
            next = new int[Integer.highestOneBit(4 * length)];
            noted = 0;
        }
        for (int end = Math.max(noted, GRAM); end < length; end++) {
            next[slot(tokens, end)] = end;
        }
        noted = Math.max(noted, length);
    }

    /** Where the gram in front of {@code end} is noted. */
    private int slot(int[] tokens, int end) {
        int hash = 0;
        for (int i = end - GRAM; i < end; i++) {
            hash = (hash + tokens[i]) * 0x9E3779B1;
        }
        return hash >>> Integer.numberOfLeadingZeros(next.length) + 1;
    }

    private static boolean agree(int[] tokens, int a, int b) {
        return Arrays.equals(tokens, a - GRAM, a, tokens, b - GRAM, b);
    }
}
