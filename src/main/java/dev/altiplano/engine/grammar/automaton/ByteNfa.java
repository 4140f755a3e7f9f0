package dev.altiplano.engine.grammar.automaton;

import dev.altiplano.engine.grammar.limit.Budget;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A nondeterministic automaton over bytes for a regular expression: Thompson's construction, with the automaton of a character
 * class in place of a single edge. A state either forks without a byte, or stands in a class, or accepts.
 */
final class ByteNfa {

    static final int NONE = -1;

    private final TextEncoding encoding;
    private final Budget budget;
    private final Map<CodePoints, Dfa> classes = new HashMap<>();
    private final List<Dfa> classOf = new ArrayList<>();
    private int size;
    /** Forks: the two ways, the second may be missing. States in a class: where it is left, and the number of its start. */
    private int[] first = new int[64];

    private int[] second = new int[64];

    ByteNfa(TextEncoding encoding, Budget budget) {
        this.encoding = encoding;
        this.budget = budget;
    }

    int size() {
        return size;
    }

    boolean isFork(int state) {
        return classOf.get(state) == FORK;
    }

    int first(int state) {
        return first[state];
    }

    int second(int state) {
        return second[state];
    }

    /** The class in which {@code state} stands; its state there is {@code state - second(state)}. */
    Dfa classAt(int state) {
        return classOf.get(state);
    }

    /** Where {@code state} goes when its class goes to {@code classTarget}. */
    int target(int state, int classTarget) {
        return classAt(state).accepting(classTarget) ? first[state] : second[state] + classTarget;
    }

    /** The state that accepts: a fork to nowhere. */
    int addEnd() {
        return addState(FORK, NONE, NONE);
    }

    /** Adds states that match {@code node} and go on to {@code next}; gives where to enter. */
    int add(Regular node, int next) {
        return switch (node) {
            case Regular.Chars(CodePoints set) ->
                addClass(classes.computeIfAbsent(set, s -> encoding.dfa(s, budget)), next);
            case Regular.Concat(List<Regular> parts) -> {
                int entry = next;
                for (int i = parts.size() - 1; i >= 0; i--) {
                    entry = add(parts.get(i), entry);
                }
                yield entry;
            }
            case Regular.Either(List<Regular> options) -> {
                int entry = NONE;
                for (int i = options.size() - 1; i >= 0; i--) {
                    int option = add(options.get(i), next);
                    entry = entry == NONE ? option : addState(FORK, option, entry);
                }
                yield entry == NONE ? addClass(encoding.dfa(CodePoints.NONE, budget), next) : entry;
            }
            case Regular.Repeat(Regular body, int min, int max) -> addRepeat(body, min, max, next);
        };
    }

    private int addRepeat(Regular body, int min, int max, int next) {
        int entry = next;
        if (max == Regular.UNBOUNDED) {
            int loop = addState(FORK, NONE, next);
            int round = add(body, loop);
            first[loop] = round;
            entry = loop;
        } else {
            for (int i = min; i < max; i++) {
                entry = addState(FORK, add(body, entry), next);
            }
        }
        for (int i = 0; i < min; i++) {
            int before = size;
            entry = add(body, entry);
            if (size == before) {
                // The empty text a thousand times is the empty text, and no state counts how often.
                break;
            }
        }
        return entry;
    }

    /** One byte. */
    int addByte(int value, int next) {
        SequenceTrie trie = new SequenceTrie(budget);
        trie.add(new byte[] {(byte) value});
        return addClass(trie.build(), next);
    }

    private int addClass(Dfa dfa, int next) {
        int base = size;
        for (int i = 0; i < dfa.stateCount(); i++) {
            addState(dfa, next, base);
        }
        return base;
    }

    private int addState(Dfa dfa, int to, int other) {
        budget.states(1);
        if (size == first.length) {
            first = Arrays.copyOf(first, 2 * size);
            second = Arrays.copyOf(second, 2 * size);
        }
        classOf.add(dfa);
        first[size] = to;
        second[size] = other;
        return size++;
    }

    private static final Dfa FORK = new Dfa(new int[2], new byte[0], new byte[0], new int[0], new boolean[1]);
}
