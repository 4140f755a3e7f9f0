package dev.altiplano.engine.grammar;

import dev.altiplano.engine.grammar.automaton.Dfa;
import java.util.Arrays;

/** Walks the trie of the vocabulary along one automaton. */
final class SplitBuilder {

    private static final class Ints {
        private int[] values = new int[16];
        private int size;

        void add(int value) {
            if (size == values.length) {
                values = Arrays.copyOf(values, 2 * size);
            }
            values[size++] = value;
        }

        int[] toArray() {
            return Arrays.copyOf(values, size);
        }
    }

    private final TokenTrie trie;
    private final Dfa dfa;
    private final int boundary;
    private final Ints tokens = new Ints();
    private final Ints tokenUnits = new Ints();
    private final Ints closing = new Ints();
    private final Ints closingUnits = new Ints();
    private final Ints exits = new Ints();
    private final Ints exitUnits = new Ints();
    private int steps;

    private SplitBuilder(TokenTrie trie, Dfa dfa, int boundary) {
        this.trie = trie;
        this.dfa = dfa;
        this.boundary = boundary;
    }

    static Split build(TokenTrie trie, Dfa dfa, int state, int boundary, int vocabularySize) {
        SplitBuilder builder = new SplitBuilder(trie, dfa, boundary);
        builder.walk(0, state, 0);
        return new Split(
                builder.tokens.toArray(),
                builder.tokenUnits.toArray(),
                builder.closing.toArray(),
                builder.closingUnits.toArray(),
                builder.exits.toArray(),
                builder.exitUnits.toArray(),
                builder.steps,
                vocabularySize);
    }

    private void walk(int node, int state, int units) {
        int only = dfa.onlyByte(state);
        if (only >= 0) {
            int child = trie.child(node, only);
            if (child >= 0) {
                enter(child, state, dfa.step(state, only), units);
            }
            return;
        }
        int end = trie.endOfChildren(node);
        steps += end - trie.firstChild(node);
        for (int child = trie.firstChild(node); child < end; child++) {
            int to = dfa.step(state, trie.value(child));
            if (to != Dfa.DEAD) {
                enter(child, state, to, units);
            }
        }
    }

    private void enter(int node, int from, int state, int unitsBefore) {
        int units = unitsBefore;
        if (state == boundary && from != 0) {
            units++;
        }
        boolean accepting = dfa.accepting(state);
        boolean counted = boundary >= 0;
        for (int i = trie.firstToken(node); i < trie.endOfTokens(node); i++) {
            if (counted && accepting) {
                closing.add(trie.token(i));
                closingUnits.add(units);
            } else {
                tokens.add(trie.token(i));
                tokenUnits.add(counted && state != boundary ? units + 1 : units);
            }
        }
        if (trie.hasChildren(node)) {
            if (accepting) {
                exits.add(node);
                exitUnits.add(units);
            }
            walk(node, state, units);
        }
    }
}
