package dev.altiplano.engine.tokenizer.vocabulary;

import dev.altiplano.engine.tokenizer.Quote;
import dev.altiplano.engine.tokenizer.TokenizerException;
import java.util.List;

/**
 * Which neighbours merge, into what, and which merge comes first. Symbols are the ids of tokens, and further numbers
 * that a vocabulary gives to characters that are no token.
 */
public final class MergeRules {

    /** A pair that does not merge by itself, but stands side by side inside some token. */
    public static final int NEIGHBOURS = -1;

    /** (left symbol, right symbol) to the number of a rule, or to {@link #NEIGHBOURS}. */
    private final PairTable rules;
    /** [rules] the rule of lowest rank is applied first; of equal ranks, the leftmost. */
    private final int[] rank;
    /** [rules] the symbol that the rule makes. */
    private final int[] result;

    public MergeRules(PairTable rules, int[] rank, int[] result) {
        this.rules = rules;
        this.rank = rank;
        this.result = result;
    }

    /** How the tokens of merges are numbered. */
    @FunctionalInterface
    public interface Symbols {

        /** The symbol of {@code token}, or a negative number if it is not in the vocabulary. */
        public int of(String token);
    }

    /** The rules of a list of merges, best first. Throws {@link TokenizerException} naming the merge that is wrong. */
    public static MergeRules of(List<Merge> merges, Symbols symbols) {
        PairTable pairs = new PairTable(merges.size());
        int[] rank = new int[merges.size()];
        int[] result = new int[merges.size()];
        for (int i = 0; i < rank.length; i++) {
            Merge merge = merges.get(i);
            try {
                int left = symbol(merge.left(), "its left part", symbols);
                int right = symbol(merge.right(), "its right part", symbols);
                rank[i] = i;
                result[i] = symbol(merge.left() + merge.right(), "what it makes", symbols);
                if (pairs.putIfAbsent(left, right, i) != PairTable.ABSENT) {
                    throw new TokenizerException("it is there twice");
                }
            } catch (TokenizerException e) {
                throw new TokenizerException(
                        "merge " + i + " " + Quote.of(merge.left() + " " + merge.right()) + ": " + e.getMessage(), e);
            }
        }
        return new MergeRules(pairs, rank, result);
    }

    /**
     * These rules, knowing which characters can come to stand side by side inside a token: the last of a merge's left part
     * and the first of its right. Nothing merges across any other place.
     */
    public MergeRules withNeighbours(List<Merge> merges, Symbols symbols) {
        for (Merge merge : merges) {
            int last = symbols.of(
                    Character.toString(merge.left().codePointBefore(merge.left().length())));
            int first = symbols.of(Character.toString(merge.right().codePointAt(0)));
            rules.putIfAbsent(last, first, NEIGHBOURS);
        }
        return this;
    }

    private static int symbol(String token, String role, Symbols symbols) {
        int symbol = symbols.of(token);
        if (symbol < 0) {
            throw new TokenizerException(role + " is not in the vocabulary");
        }
        return symbol;
    }

    /** The number of the pair's rule, {@link #NEIGHBOURS}, or {@link PairTable#ABSENT}. */
    public int find(int left, int right) {
        return rules.get(left, right);
    }

    int rank(int rule) {
        return rank[rule];
    }

    int result(int rule) {
        return result[rule];
    }
}
