package dev.altiplano.engine.speculate;

import java.util.Arrays;

/**
 * Drafts by looking back (prompt lookup decoding, Saxena 2023): where the last three tokens stood before, what followed them then may
 * follow again. So texts that are edited, quoted or continued in a pattern are decoded several tokens at a time, and others cost
 * nothing: without a match there is no draft.
 *
 * <p>How much is drafted follows what has been accepted lately. After a run of rejected drafts none are made for some tokens. Belongs
 * to one sequence.
 */
public final class NgramDrafter {

    /** Tokens that must agree. */
    private static final int GRAM = 3;

    private static final double FIRST_RATE = 0.6;
    private static final double NEWEST_SHARE = 0.3;
    /** Part of drafted tokens below which drafting pauses. */
    private static final double MIN_RATE = 0.2;

    private static final int PAUSE_TOKENS = 24;

    /** By hash of a gram: where the token behind its latest occurrence stands, or 0. */
    private int[] next;
    /** Tokens whose grams have been noted. */
    private int noted;

    private double rate = FIRST_RATE;
    private int pausedUntil;

    public NgramDrafter() {
        next = new int[256];
    }

    /**
     * Drafts what may follow.
     *
     * @param tokens the first {@code length} are the sequence; there is room for {@code max} more
     * @return how many tokens were written behind the sequence
     */
    public int draft(int[] tokens, int length, int max) {
        note(tokens, length);
        int wanted = Math.min(max, (int) Math.ceil(rate * max));
        if (length < pausedUntil || length < GRAM || wanted == 0) {
            return 0;
        }
        int from = next[slot(tokens, length)];
        if (from == 0 || !agree(tokens, from, length)) {
            return 0;
        }
        // The source may reach into the draft itself: a repeated pattern goes on.
        for (int i = 0; i < wanted; i++) {
            tokens[length + i] = tokens[from + i];
        }
        return wanted;
    }

    /** The first {@code accepted} of {@code drafted} tokens were right; the sequence now has {@code length} tokens. */
    public void verified(int drafted, int accepted, int length) {
        if (drafted == 0) {
            return;
        }
        rate += NEWEST_SHARE * (accepted / (double) drafted - rate);
        if (rate < MIN_RATE) {
            rate = 2 * MIN_RATE;
            pausedUntil = length + PAUSE_TOKENS;
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
