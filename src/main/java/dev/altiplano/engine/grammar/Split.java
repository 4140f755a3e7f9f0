package dev.altiplano.engine.grammar;

/**
 * What one state of one automaton says about all tokens, whatever the stack: tokens that stay within the automaton, and the nodes
 * of the trie at which the automaton has been left and the stack must say how the token may go on. Immutable but for sums that
 * are filled in when first used.
 */
final class Split {

    /** Tokens that end before the text of the automaton is closed, by the units that they need. */
    private final int[] tokens;

    private final int[] tokenUnits;
    /** Tokens that end exactly where a counted text is closed, with the units in them. */
    private final int[] closing;

    private final int[] closingUnits;
    private final int[] exits;
    private final int[] exitUnits;
    private final int steps;
    private final int words;
    /** Bit sets of the tokens that need at most so many units, for all numbers that occur. */
    private final long[][] upTo;

    Split(
            int[] tokens,
            int[] tokenUnits,
            int[] closing,
            int[] closingUnits,
            int[] exits,
            int[] exitUnits,
            int steps,
            int vocabularySize) {
        this.tokens = tokens;
        this.tokenUnits = tokenUnits;
        this.closing = closing;
        this.closingUnits = closingUnits;
        this.exits = exits;
        this.exitUnits = exitUnits;
        this.steps = steps;
        words = vocabularySize + 63 >>> 6;
        int most = 0;
        for (int units : tokenUnits) {
            most = Math.max(most, units);
        }
        // Setting few bits one by one is cheaper than joining whole sets.
        upTo = tokens.length < words ? new long[0][] : new long[most + 1][];
    }

    /** Adds the tokens that need no look at the stack. */
    void addTo(long[] bits, int min, int max) {
        if (max < 0) {
            return;
        }
        if (upTo.length == 0) {
            for (int i = 0; i < tokens.length; i++) {
                if (tokenUnits[i] <= max) {
                    bits[tokens[i] >>> 6] |= 1L << tokens[i];
                }
            }
        } else {
            long[] set = upTo(Math.min(max, upTo.length - 1));
            for (int i = 0; i < bits.length; i++) {
                bits[i] |= set[i];
            }
        }
        for (int i = 0; i < closing.length; i++) {
            if (closingUnits[i] >= min && closingUnits[i] <= max) {
                bits[closing[i] >>> 6] |= 1L << closing[i];
            }
        }
    }

    private long[] upTo(int units) {
        long[] known = upTo[units];
        if (known == null) {
            known = new long[words];
            for (int i = 0; i < tokens.length; i++) {
                if (tokenUnits[i] <= units) {
                    known[tokens[i] >>> 6] |= 1L << tokens[i];
                }
            }
            upTo[units] = known;
        }
        return known;
    }

    int exitCount() {
        return exits.length;
    }

    int exit(int i) {
        return exits[i];
    }

    int exitUnits(int i) {
        return exitUnits[i];
    }

    /** Steps along the trie that it took. */
    int steps() {
        return steps;
    }

    long bytes() {
        return 200 + 8L * (tokens.length + closing.length + exits.length) + 8L * words * upTo.length;
    }
}
