package dev.altiplano.engine.grammar.automaton;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The part of an automaton that can still be reached, as an automaton of its own: equal parts of different automata become equal. */
final class Residual {

    private Residual() {}

    static @Nullable Dfa of(Dfa dfa, int state, int maxStates) {
        Map<Integer, Integer> numbers = new HashMap<>();
        List<Integer> order = new ArrayList<>();
        numbers.put(state, 0);
        order.add(state);
        int edges = 0;
        for (int i = 0; i < order.size(); i++) {
            int at = order.get(i);
            edges += dfa.edgeCount(at);
            for (int e = dfa.firstEdge(at); e < dfa.firstEdge(at) + dfa.edgeCount(at); e++) {
                if (numbers.putIfAbsent(dfa.target(e), order.size()) == null) {
                    order.add(dfa.target(e));
                    if (order.size() > maxStates) {
                        return null;
                    }
                }
            }
        }
        int[] start = new int[order.size() + 1];
        byte[] low = new byte[edges];
        byte[] high = new byte[edges];
        int[] target = new int[edges];
        boolean[] accepting = new boolean[order.size()];
        int size = 0;
        for (int i = 0; i < order.size(); i++) {
            int at = order.get(i);
            accepting[i] = dfa.accepting(at);
            for (int e = dfa.firstEdge(at); e < dfa.firstEdge(at) + dfa.edgeCount(at); e++) {
                low[size] = (byte) dfa.low(e);
                high[size] = (byte) dfa.high(e);
                Integer number = numbers.get(dfa.target(e));
                target[size++] = number == null ? 0 : number;
            }
            start[i + 1] = size;
        }
        return new Dfa(start, low, high, target, accepting);
    }
}
