package dev.altiplano.engine.grammar.automaton;

import dev.altiplano.engine.grammar.limit.Budget;
import java.util.Arrays;

/**
 * Collects states and edges and gives the automaton without the states that are unreachable or lead nowhere, numbered in the
 * order in which a breadth-first walk meets them. States are added in order; a state's edges right after it, by rising bytes.
 */
final class DfaBuilder {

    private final Budget budget;
    private int states;
    private int edges;
    private int[] edgeStart = new int[16];
    private boolean[] accepting = new boolean[16];
    private byte[] low = new byte[32];
    private byte[] high = new byte[32];
    private int[] target = new int[32];

    DfaBuilder(Budget budget) {
        this.budget = budget;
    }

    int addState(boolean accepts) {
        budget.states(1);
        if (states + 1 >= edgeStart.length) {
            edgeStart = Arrays.copyOf(edgeStart, 2 * states + 2);
            accepting = Arrays.copyOf(accepting, 2 * states + 2);
        }
        accepting[states] = accepts;
        edgeStart[states++] = edges;
        edgeStart[states] = edges;
        return states - 1;
    }

    /** Adds an edge to the newest state, whose earlier edges have lower bytes. */
    void addEdge(int first, int last, int to) {
        int previous = edges - 1;
        if (previous >= edgeStart[states - 1] && target[previous] == to && (high[previous] & 0xFF) == first - 1) {
            high[previous] = (byte) last;
            return;
        }
        if (edges == target.length) {
            low = Arrays.copyOf(low, 2 * edges);
            high = Arrays.copyOf(high, 2 * edges);
            target = Arrays.copyOf(target, 2 * edges);
        }
        budget.work(1);
        low[edges] = (byte) first;
        high[edges] = (byte) last;
        target[edges++] = to;
        edgeStart[states] = edges;
    }

    /** The trimmed automaton that starts in state {@code start}. */
    Dfa build(int start) {
        boolean[] live = live();
        int[] number = new int[states];
        Arrays.fill(number, -1);
        int[] order = new int[states];
        int count = 0;
        order[count] = start;
        number[start] = count++;
        int edgeCount = 0;
        for (int i = 0; i < count; i++) {
            for (int e = edgeStart[order[i]]; e < edgeStart[order[i] + 1]; e++) {
                int to = target[e];
                if (live[to]) {
                    edgeCount++;
                    if (number[to] < 0) {
                        order[count] = to;
                        number[to] = count++;
                    }
                }
            }
        }
        return renumbered(live, number, order, count, edgeCount);
    }

    private Dfa renumbered(boolean[] live, int[] number, int[] order, int count, int edgeCount) {
        int[] start = new int[count + 1];
        byte[] from = new byte[edgeCount];
        byte[] to = new byte[edgeCount];
        int[] targets = new int[edgeCount];
        boolean[] accepts = new boolean[count];
        int size = 0;
        for (int i = 0; i < count; i++) {
            accepts[i] = accepting[order[i]];
            for (int e = edgeStart[order[i]]; e < edgeStart[order[i] + 1]; e++) {
                if (live[target[e]]) {
                    from[size] = low[e];
                    to[size] = high[e];
                    targets[size++] = number[target[e]];
                }
            }
            start[i + 1] = size;
        }
        return new Dfa(start, from, to, targets, accepts);
    }

    /** Which states an accepting state can be reached from. */
    private boolean[] live() {
        int[] before = new int[states + 1];
        for (int e = 0; e < edges; e++) {
            before[target[e] + 1]++;
        }
        for (int i = 0; i < states; i++) {
            before[i + 1] += before[i];
        }
        int[] source = new int[edges];
        int[] next = before.clone();
        for (int s = 0; s < states; s++) {
            for (int e = edgeStart[s]; e < edgeStart[s + 1]; e++) {
                source[next[target[e]]++] = s;
            }
        }
        boolean[] live = new boolean[states];
        int[] queue = new int[states];
        int size = 0;
        for (int s = 0; s < states; s++) {
            if (accepting[s]) {
                live[s] = true;
                queue[size++] = s;
            }
        }
        for (int i = 0; i < size; i++) {
            for (int e = before[queue[i]]; e < before[queue[i] + 1]; e++) {
                if (!live[source[e]]) {
                    live[source[e]] = true;
                    queue[size++] = source[e];
                }
            }
        }
        return live;
    }
}
