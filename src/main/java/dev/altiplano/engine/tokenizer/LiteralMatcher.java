package dev.altiplano.engine.tokenizer;

import java.util.Arrays;

/** Finds the longest of a set of literal strings at a place in a text: a trie over UTF-16 units. For user-defined tokens. */
final class LiteralMatcher {

    private static final int NONE = -1;

    private final PairTable edges = new PairTable(0);
    private int[] idOfNode = {NONE};
    private int nodes = 1;

    /** Adds a literal that is not empty. Throws {@link TokenizerException} for one added before. */
    void add(String literal, int id) {
        int node = 0;
        for (int i = 0; i < literal.length(); i++) {
            int child = edges.putIfAbsent(node, literal.charAt(i), nodes);
            if (child == PairTable.ABSENT) {
                child = nodes++;
                if (child == idOfNode.length) {
                    idOfNode = Arrays.copyOf(idOfNode, 2 * child);
                }
                idOfNode[child] = NONE;
            }
            node = child;
        }
        if (idOfNode[node] != NONE) {
            throw new TokenizerException(
                    "tokens " + idOfNode[node] + " and " + id + " are the same: " + Quote.of(literal));
        }
        idOfNode[node] = id;
    }

    boolean isEmpty() {
        return nodes == 1;
    }

    /** The literal that is longest at {@code from}, as {@code length << 32 | id}, or -1. */
    long longest(char[] text, int from, int end) {
        long match = NONE;
        int node = 0;
        for (int i = from; i < end; i++) {
            node = edges.get(node, text[i]);
            if (node == PairTable.ABSENT) {
                break;
            }
            if (idOfNode[node] != NONE) {
                match = ((long) (i + 1 - from) << 32) | idOfNode[node];
            }
        }
        return match;
    }
}
