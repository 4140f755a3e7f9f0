package dev.altiplano.engine.grammar.program;

import dev.altiplano.engine.grammar.limit.Budget;
import dev.altiplano.engine.grammar.limit.GrammarException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Refuses rules that come back to themselves before any byte: a matcher would call them for ever. */
final class LeftRecursion {

    private final Node[] entries;
    private final List<String> names;
    private final Budget budget;
    private final boolean[] nullable;

    LeftRecursion(Node[] entries, List<String> names, Budget budget) {
        this.entries = entries;
        this.names = names;
        this.budget = budget;
        nullable = new boolean[entries.length];
    }

    void check() {
        boolean more = true;
        while (more) {
            more = false;
            for (int i = 0; i < entries.length; i++) {
                if (!nullable[i] && walk(entries[i], new HashSet<>())) {
                    nullable[i] = true;
                    more = true;
                }
            }
        }
        List<Set<Integer>> calls = new ArrayList<>();
        for (Node entry : entries) {
            Set<Integer> called = new HashSet<>();
            walk(entry, called);
            calls.add(called);
        }
        refuseCycles(calls);
    }

    /** Walks without reading a byte: collects the rules that are called, and says whether the end is reached. */
    private boolean walk(Node entry, Set<Integer> called) {
        Map<Node, Boolean> seen = new IdentityHashMap<>();
        ArrayDeque<Node> open = new ArrayDeque<>();
        open.push(entry);
        boolean end = false;
        while (!open.isEmpty()) {
            Node node = open.pop();
            budget.work(1);
            if (seen.put(node, true) != null) {
                continue;
            }
            switch (node) {
                case Node.Return done -> end = true;
                case Node.Match match -> {
                    if (match.terminal().dfa().accepting(0)) {
                        open.push(match.next());
                    }
                }
                case Node.Call call -> {
                    called.add(call.rule());
                    if (nullable[call.rule()]) {
                        open.push(call.next());
                    }
                }
                case Node.Branch branch -> {
                    for (int i = 0; i < branch.size(); i++) {
                        open.push(branch.option(i));
                    }
                }
                case Node.Loop loop -> {
                    // What ends a body ends in a Return as well, so a body is walked apart.
                    boolean empty = walk(loop.body(), called);
                    if (empty && loop.again() != loop.body()) {
                        walk(loop.again(), called);
                    }
                    if (empty || loop.min() == 0) {
                        open.push(loop.next());
                    }
                }
            }
        }
        return end;
    }

    private void refuseCycles(List<Set<Integer>> calls) {
        int[] state = new int[entries.length];
        for (int root = 0; root < entries.length; root++) {
            if (state[root] != 0) {
                continue;
            }
            ArrayDeque<Integer> path = new ArrayDeque<>();
            List<ArrayDeque<Integer>> open = new ArrayList<>();
            path.addLast(root);
            state[root] = 1;
            open.add(new ArrayDeque<>(calls.get(root)));
            while (!open.isEmpty()) {
                Integer next = open.getLast().poll();
                if (next == null) {
                    open.removeLast();
                    state[path.removeLast()] = 2;
                } else if (state[next] == 1) {
                    throw new GrammarException(
                            "rule \"" + GrammarException.shorten(names.get(next))
                                    + "\" begins with itself (left recursion); write it as a repetition, or put text before the reference");
                } else if (state[next] == 0) {
                    state[next] = 1;
                    path.addLast(next);
                    open.add(new ArrayDeque<>(calls.get(next)));
                }
            }
        }
    }
}
