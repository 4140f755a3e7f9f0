package dev.altiplano.engine.tokenizer.vocabulary;

import dev.altiplano.engine.tokenizer.Quote;
import dev.altiplano.engine.tokenizer.TokenizerException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds at each place of a text the longest of a set of literal strings that begins there, in time linear in the text
 * whatever the literals are: the automaton of Aho and Corasick over the reversed literals reads the text backwards, and
 * where it stands tells what ends, so begins, there. Units are UTF-16.
 */
final class Literals {

    private static final int NONE = -1;
    private static final int MAX_UNITS = 1 << 24;

    private final PairTable edges = new PairTable(0);
    /** [nodes] what to fall back to, and the longest literal that ends a node's string; the root is node 0. */
    private int[] fallback = {0};

    private int[] literalOf = {NONE};
    private int[] parent = {0};
    private char[] unit = {0};
    private int nodes = 1;
    private final BitSet lastUnits = new BitSet();

    /** Numbers are the indices of {@code literals}; no literal is empty. Throws {@link TokenizerException} if one is there twice. */
    Literals(List<AddedToken> literals) {
        long units = literals.stream().mapToLong(token -> token.text().length()).sum();
        if (units > MAX_UNITS) {
            throw new TokenizerException("added tokens have " + units + " characters in all, allowed are " + MAX_UNITS);
        }
        for (int number = 0; number < literals.size(); number++) {
            add(literals, number);
        }
        linkFallbacks();
    }

    private void add(List<AddedToken> literals, int number) {
        String text = literals.get(number).text();
        int node = 0;
        for (int i = text.length() - 1; i >= 0; i--) {
            int child = edges.putIfAbsent(node, text.charAt(i), nodes);
            if (child == PairTable.ABSENT) {
                child = addNode(node, text.charAt(i));
            }
            node = child;
        }
        if (literalOf[node] != NONE) {
            throw new TokenizerException(
                    "tokens " + literals.get(literalOf[node]).id() + " and "
                            + literals.get(number).id() + " are the same: " + Quote.of(text));
        }
        literalOf[node] = number;
        lastUnits.set(text.charAt(text.length() - 1));
    }

    private int addNode(int parentNode, char edge) {
        if (nodes == parent.length) {
            parent = Arrays.copyOf(parent, 2 * nodes);
            unit = Arrays.copyOf(unit, 2 * nodes);
            literalOf = Arrays.copyOf(literalOf, 2 * nodes);
        }
        parent[nodes] = parentNode;
        unit[nodes] = edge;
        literalOf[nodes] = NONE;
        return nodes++;
    }

    /** In the order of depth, so that what a node falls back to is linked before it. */
    private void linkFallbacks() {
        fallback = new int[nodes];
        int[] depth = new int[nodes];
        int deepest = 0;
        for (int node = 1; node < nodes; node++) {
            depth[node] = depth[parent[node]] + 1;
            deepest = Math.max(deepest, depth[node]);
        }
        int[] firstOfDepth = new int[deepest + 2];
        for (int node = 0; node < nodes; node++) {
            firstOfDepth[depth[node] + 1]++;
        }
        for (int d = 1; d < firstOfDepth.length; d++) {
            firstOfDepth[d] += firstOfDepth[d - 1];
        }
        int[] order = new int[nodes];
        for (int node = 0; node < nodes; node++) {
            order[firstOfDepth[depth[node]]++] = node;
        }
        for (int i = 1; i < nodes; i++) {
            int node = order[i];
            fallback[node] = parent[node] == 0 ? 0 : step(fallback[parent[node]], unit[node]);
            if (literalOf[node] == NONE) {
                literalOf[node] = literalOf[fallback[node]];
            }
        }
    }

    private int step(int from, char c) {
        int node = from;
        while (true) {
            int next = edges.get(node, c);
            if (next != PairTable.ABSENT) {
                return next;
            }
            if (node == 0) {
                return 0;
            }
            node = fallback[node];
        }
    }

    /** [text] the number of the longest literal that begins at each place, or -1; null where there is none in all the text. */
    int @Nullable [] longest(char[] text) {
        int[] found = null;
        int node = 0;
        for (int i = text.length - 1; i >= 0; i--) {
            if (node == 0 && !lastUnits.get(text[i])) {
                continue;
            }
            node = step(node, text[i]);
            if (literalOf[node] != NONE) {
                if (found == null) {
                    found = new int[text.length];
                    Arrays.fill(found, NONE);
                }
                found[i] = literalOf[node];
            }
        }
        return found;
    }
}
