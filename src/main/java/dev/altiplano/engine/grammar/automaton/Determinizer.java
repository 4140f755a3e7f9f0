package dev.altiplano.engine.grammar.automaton;

import dev.altiplano.engine.grammar.limit.Budget;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes a nondeterministic automaton deterministic: a state is the set of states in which the other may be. */
final class Determinizer {

    /** A set of states, sorted. */
    private record StateSet(int[] states, int hash) {
        @Override
        public boolean equals(Object object) {
            return object instanceof StateSet other && Arrays.equals(states, other.states);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    private final ByteNfa nfa;
    private final int end;
    private final Budget budget;
    private final DfaBuilder builder;
    private final Map<StateSet, Integer> numbers = new HashMap<>();
    private final List<StateSet> sets = new ArrayList<>();
    private final int[] mark;
    private int stamp;
    private final int[] stack;
    private int[] closed = new int[64];
    private int closedSize;
    private int[] low = new int[64];
    private int[] high = new int[64];
    private int[] target = new int[64];
    private int edges;

    private Determinizer(ByteNfa nfa, int end, Budget budget) {
        this.nfa = nfa;
        this.end = end;
        this.budget = budget;
        builder = new DfaBuilder(budget);
        mark = new int[nfa.size()];
        stack = new int[nfa.size() + 1];
    }

    /** The automaton of what leads from {@code start} to {@code end}. */
    static Dfa run(ByteNfa nfa, int start, int end, Budget budget) {
        return new Determinizer(nfa, end, budget).run(start);
    }

    private Dfa run(int start) {
        begin();
        close(start);
        number();
        for (int i = 0; i < sets.size(); i++) {
            int[] states = sets.get(i).states();
            builder.addState(Arrays.binarySearch(states, end) >= 0);
            addEdges(states);
        }
        return builder.build(0);
    }

    private void addEdges(int[] states) {
        edges = 0;
        boolean[] cut = new boolean[257];
        for (int state : states) {
            if (state != end) {
                collect(state, cut);
            }
        }
        int from = -1;
        for (int b = 0; b <= 256; b++) {
            if (cut[b]) {
                if (from >= 0) {
                    addEdge(from, b - 1);
                }
                from = b;
            }
        }
    }

    private void collect(int state, boolean[] cut) {
        Dfa dfa = nfa.classAt(state);
        int inner = state - nfa.second(state);
        for (int i = 0; i < dfa.edgeCount(inner); i++) {
            int edge = dfa.firstEdge(inner) + i;
            if (edges == low.length) {
                low = Arrays.copyOf(low, 2 * edges);
                high = Arrays.copyOf(high, 2 * edges);
                target = Arrays.copyOf(target, 2 * edges);
            }
            low[edges] = dfa.low(edge);
            high[edges] = dfa.high(edge);
            target[edges++] = nfa.target(state, dfa.target(edge));
            cut[dfa.low(edge)] = true;
            cut[dfa.high(edge) + 1] = true;
        }
    }

    private void addEdge(int from, int to) {
        begin();
        for (int e = 0; e < edges; e++) {
            if (low[e] <= from && high[e] >= from) {
                close(target[e]);
            }
        }
        budget.work(edges + closedSize);
        if (closedSize > 0) {
            builder.addEdge(from, to, number());
        }
    }

    private void begin() {
        stamp++;
        closedSize = 0;
    }

    /** Adds the states that are reached from {@code state} without a byte; forks themselves are not kept. */
    private void close(int state) {
        int depth = 0;
        if (mark[state] != stamp) {
            mark[state] = stamp;
            stack[depth++] = state;
        }
        while (depth > 0) {
            int at = stack[--depth];
            budget.work(1);
            if (!nfa.isFork(at) || at == end) {
                if (closedSize == closed.length) {
                    closed = Arrays.copyOf(closed, 2 * closedSize);
                }
                closed[closedSize++] = at;
                continue;
            }
            depth = push(nfa.second(at), depth);
            depth = push(nfa.first(at), depth);
        }
    }

    private int push(int state, int depth) {
        if (state == ByteNfa.NONE || mark[state] == stamp) {
            return depth;
        }
        mark[state] = stamp;
        stack[depth] = state;
        return depth + 1;
    }

    private int number() {
        int[] states = Arrays.copyOf(closed, closedSize);
        Arrays.sort(states);
        StateSet set = new StateSet(states, Arrays.hashCode(states));
        Integer known = numbers.get(set);
        if (known != null) {
            return known;
        }
        budget.work(closedSize);
        numbers.put(set, sets.size());
        sets.add(set);
        return sets.size() - 1;
    }
}
