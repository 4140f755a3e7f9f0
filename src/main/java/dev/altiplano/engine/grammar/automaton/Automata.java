package dev.altiplano.engine.grammar.automaton;

import dev.altiplano.engine.grammar.limit.Budget;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes automata out of expressions, literals and other automata. */
public final class Automata {

    private enum Operation {
        BOTH,
        ONLY_FIRST;

        boolean accepts(boolean first, boolean second) {
            return switch (this) {
                case BOTH -> first && second;
                case ONLY_FIRST -> first && !second;
            };
        }

        boolean alive(int first, int second) {
            return switch (this) {
                case BOTH -> first != Dfa.DEAD && second != Dfa.DEAD;
                case ONLY_FIRST -> first != Dfa.DEAD;
            };
        }
    }

    private Automata() {}

    /** The texts of {@code expression} in UTF-8. */
    public static Dfa utf8(Regular expression, Budget budget) {
        ByteNfa nfa = new ByteNfa(TextEncoding.UTF8, budget);
        int end = nfa.addEnd();
        return Minimizer.run(Determinizer.run(nfa, nfa.add(expression, end), end, budget), budget);
    }

    /** JSON strings, with their quotation marks, whose values are texts of {@code expression}; escapes are written in one way. */
    public static Dfa jsonString(Regular expression, Budget budget) {
        ByteNfa nfa = new ByteNfa(TextEncoding.JSON_STRING, budget);
        int end = nfa.addEnd();
        int body = nfa.add(expression, nfa.addByte('"', end));
        return Minimizer.run(Determinizer.run(nfa, nfa.addByte('"', body), end, budget), budget);
    }

    /** Exactly these byte strings. */
    public static Dfa literals(Collection<byte[]> literals, Budget budget) {
        SequenceTrie trie = new SequenceTrie(budget);
        for (byte[] literal : literals) {
            trie.add(literal);
        }
        return trie.build();
    }

    public static Dfa intersection(Dfa first, Dfa second, Budget budget) {
        return product(first, second, Operation.BOTH, budget);
    }

    /** What is in {@code first} and not in {@code second}. */
    public static Dfa difference(Dfa first, Dfa second, Budget budget) {
        return product(first, second, Operation.ONLY_FIRST, budget);
    }

    private static Dfa product(Dfa first, Dfa second, Operation operation, Budget budget) {
        DfaBuilder builder = new DfaBuilder(budget);
        Map<Long, Integer> numbers = new HashMap<>();
        List<Long> pairs = new ArrayList<>();
        pairs.add(0L);
        numbers.put(0L, 0);
        for (int i = 0; i < pairs.size(); i++) {
            int a = (int) (pairs.get(i) >>> 32);
            int b = pairs.get(i).intValue();
            builder.addState(
                    operation.accepts(a != Dfa.DEAD && first.accepting(a), b != Dfa.DEAD && second.accepting(b)));
            boolean[] cut = new boolean[257];
            cut(first, a, cut);
            cut(second, b, cut);
            int from = -1;
            for (int value = 0; value <= 256; value++) {
                if (!cut[value]) {
                    continue;
                }
                if (from >= 0) {
                    int toA = a == Dfa.DEAD ? Dfa.DEAD : first.step(a, from);
                    int toB = b == Dfa.DEAD ? Dfa.DEAD : second.step(b, from);
                    if (operation.alive(toA, toB)) {
                        long pair = (long) toA << 32 | toB & 0xFFFF_FFFFL;
                        Integer number = numbers.putIfAbsent(pair, pairs.size());
                        if (number == null) {
                            number = pairs.size();
                            pairs.add(pair);
                        }
                        builder.addEdge(from, value - 1, number);
                    }
                }
                from = value;
            }
        }
        return Minimizer.run(builder.build(0), budget);
    }

    private static void cut(Dfa dfa, int state, boolean[] cut) {
        if (state == Dfa.DEAD) {
            return;
        }
        for (int i = 0; i < dfa.edgeCount(state); i++) {
            cut[dfa.low(dfa.firstEdge(state) + i)] = true;
            cut[dfa.high(dfa.firstEdge(state) + i) + 1] = true;
        }
    }

    /** What {@code dfa} still matches from {@code state} on, where that needs at most {@code maxStates} states; otherwise null. */
    public static @Nullable Dfa residual(Dfa dfa, int state, int maxStates) {
        return Residual.of(dfa, state, maxStates);
    }
}
