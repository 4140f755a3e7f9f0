package dev.altiplano.engine.tokenizer;

/**
 * Which neighbours merge, into what, and which merge comes first. Symbols are the ids of tokens, and further numbers
 * that a vocabulary gives to characters that are no token.
 */
final class MergeRules {

    /** A pair that does not merge by itself, but stands side by side inside some token. */
    static final int NEIGHBOURS = -1;

    /** (left symbol, right symbol) to the number of a rule, or to {@link #NEIGHBOURS}. */
    private final PairTable rules;
    /** [rules] the rule of lowest rank is applied first; of equal ranks, the leftmost. */
    private final int[] rank;
    /** [rules] the symbol that the rule makes. */
    private final int[] result;

    MergeRules(PairTable rules, int[] rank, int[] result) {
        this.rules = rules;
        this.rank = rank;
        this.result = result;
    }

    /** The number of the pair's rule, {@link #NEIGHBOURS}, or {@link PairTable#ABSENT}. */
    int find(int left, int right) {
        return rules.get(left, right);
    }

    int rank(int rule) {
        return rank[rule];
    }

    int result(int rule) {
        return result[rule];
    }
}
