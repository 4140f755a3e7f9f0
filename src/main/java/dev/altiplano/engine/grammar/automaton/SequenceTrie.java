package dev.altiplano.engine.grammar.automaton;

import dev.altiplano.engine.grammar.limit.Budget;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Collects sequences of byte ranges and gives the smallest automaton that matches one of them. Ranges at the same place in two
 * sequences with the same beginning must be equal or disjoint, as those of UTF-8 and of literals are.
 */
final class SequenceTrie {

    private static final int NONE = -1;

    private record Signature(boolean accepting, int[] edges) {
        @Override
        public boolean equals(Object object) {
            return object instanceof Signature other
                    && accepting == other.accepting
                    && Arrays.equals(edges, other.edges);
        }

        @Override
        public int hashCode() {
            return 31 * Arrays.hashCode(edges) + (accepting ? 1 : 0);
        }
    }

    private final Budget budget;
    private int nodes = 1;
    private int edges;
    private int[] firstEdge = {NONE, NONE, NONE, NONE};
    private boolean[] accepting = new boolean[4];
    private int[] low = new int[8];
    private int[] high = new int[8];
    private int[] child = new int[8];
    private int[] nextEdge = new int[8];

    SequenceTrie(Budget budget) {
        this.budget = budget;
    }

    void add(byte[] literal) {
        int node = 0;
        for (byte value : literal) {
            node = descend(node, value & 0xFF, value & 0xFF);
        }
        accepting[node] = true;
    }

    void add(int[] lows, int[] highs, int length) {
        int node = 0;
        for (int i = 0; i < length; i++) {
            node = descend(node, lows[i], highs[i]);
        }
        accepting[node] = true;
    }

    private int descend(int node, int first, int last) {
        int steps = 1;
        for (int e = firstEdge[node]; e != NONE; e = nextEdge[e]) {
            if (low[e] == first && high[e] == last) {
                budget.work(steps);
                return child[e];
            }
            steps++;
        }
        budget.work(steps);
        budget.states(1);
        if (nodes == firstEdge.length) {
            firstEdge = Arrays.copyOf(firstEdge, 2 * nodes);
            Arrays.fill(firstEdge, nodes, 2 * nodes, NONE);
            accepting = Arrays.copyOf(accepting, 2 * nodes);
        }
        if (edges == low.length) {
            low = Arrays.copyOf(low, 2 * edges);
            high = Arrays.copyOf(high, 2 * edges);
            child = Arrays.copyOf(child, 2 * edges);
            nextEdge = Arrays.copyOf(nextEdge, 2 * edges);
        }
        low[edges] = first;
        high[edges] = last;
        child[edges] = nodes;
        nextEdge[edges] = firstEdge[node];
        firstEdge[node] = edges++;
        return nodes++;
    }

    /** The automaton; equal tails are shared. Children have higher numbers than their parents, so no recursion is needed. */
    Dfa build() {
        DfaBuilder builder = new DfaBuilder(budget);
        int[] state = new int[nodes];
        Map<Signature, Integer> known = new HashMap<>();
        for (int node = nodes - 1; node >= 0; node--) {
            int[] sorted = edgesOf(node, state);
            boolean accepts = accepting[node];
            state[node] = known.computeIfAbsent(new Signature(accepts, sorted), signature -> {
                int added = builder.addState(accepts);
                for (int i = 0; i < sorted.length; i += 2) {
                    builder.addEdge(sorted[i] >> 8, sorted[i] & 0xFF, sorted[i + 1]);
                }
                return added;
            });
        }
        return builder.build(state[0]);
    }

    /** The edges of a node by rising bytes: low and high byte in one number, then the state that they lead to. */
    private int[] edgesOf(int node, int[] state) {
        int count = 0;
        for (int e = firstEdge[node]; e != NONE; e = nextEdge[e]) {
            count++;
        }
        long[] sorted = new long[count];
        int i = 0;
        for (int e = firstEdge[node]; e != NONE; e = nextEdge[e]) {
            sorted[i++] = (long) (low[e] << 8 | high[e]) << 32 | state[child[e]];
        }
        Arrays.sort(sorted);
        int[] flat = new int[2 * count];
        for (i = 0; i < count; i++) {
            flat[2 * i] = (int) (sorted[i] >>> 32);
            flat[2 * i + 1] = (int) sorted[i];
        }
        return flat;
    }
}
