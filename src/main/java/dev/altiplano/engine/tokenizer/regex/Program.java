package dev.altiplano.engine.tokenizer.regex;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A compiled expression: a graph of steps. A character step takes one character and goes on; a fork tries its first way,
 * then its second; a look goes on if what begins elsewhere leads to an end, or if it does not.
 */
final class Program {

    static final byte END = 0;
    static final byte CHAR = 1;
    static final byte FORK = 2;
    static final byte LOOK = 3;
    static final byte LOOK_NOT = 4;

    static final int MAX_STEPS = 1 << 12;

    private byte[] kind = new byte[32];
    /** [steps] where it goes on; of a fork, the way that is preferred. */
    private int[] next = new int[32];
    /** [steps] the second way of a fork; the beginning of what a look looks for; the set of a character step. */
    private int[] other = new int[32];

    private int size;
    private final List<CodePoints> sets = new ArrayList<>();
    /** First step and end of what each look looks for, inner ones first: what must be known before the look is. */
    private final List<int[]> looks = new ArrayList<>();

    private final int start;

    Program(Node node) {
        int end = add(END, 0, 0);
        start = compile(node, end);
        kind = Arrays.copyOf(kind, size);
    }

    int size() {
        return size;
    }

    int start() {
        return start;
    }

    byte kind(int step) {
        return kind[step];
    }

    int next(int step) {
        return next[step];
    }

    int other(int step) {
        return other[step];
    }

    List<CodePoints> sets() {
        return sets;
    }

    List<int[]> looks() {
        return looks;
    }

    /** Adds the steps of {@code node}, which go on at {@code after}; answers the first. */
    private int compile(Node node, int after) {
        return switch (node) {
            case Node.Char one -> add(CHAR, after, set(one.set()));
            case Node.Sequence sequence -> {
                int at = after;
                for (Node part : sequence.parts().reversed()) {
                    at = compile(part, at);
                }
                yield at;
            }
            case Node.Choice choice -> {
                int at = compile(choice.alternatives().getLast(), after);
                for (int i = choice.alternatives().size() - 2; i >= 0; i--) {
                    at = add(FORK, compile(choice.alternatives().get(i), after), at);
                }
                yield at;
            }
            case Node.Look look -> {
                int from = size;
                int ahead = compile(look.ahead(), add(END, 0, 0));
                looks.add(new int[] {from, size});
                yield add(look.negative() ? LOOK_NOT : LOOK, after, ahead);
            }
            case Node.Repeat repeat -> repeat(repeat, after);
        };
    }

    /** The number of a set. */
    private int set(CodePoints points) {
        int known = sets.indexOf(points);
        if (known < 0) {
            sets.add(points);
            return sets.size() - 1;
        }
        return known;
    }

    private int repeat(Node.Repeat repeat, int after) {
        int at = after;
        if (repeat.max() == Node.Repeat.UNBOUNDED) {
            int fork = add(FORK, 0, 0);
            int body = compile(repeat.body(), fork);
            fork(fork, body, after, repeat.greedy());
            at = fork;
        } else {
            for (int i = repeat.min(); i < repeat.max(); i++) {
                int body = compile(repeat.body(), at);
                int fork = add(FORK, 0, 0);
                fork(fork, body, after, repeat.greedy());
                at = fork;
            }
        }
        for (int i = 0; i < repeat.min(); i++) {
            int before = size;
            at = compile(repeat.body(), at);
            if (size == before) {
                // The empty text a thousand times is the empty text, and no step counts how often.
                break;
            }
        }
        return at;
    }

    private void fork(int fork, int body, int exit, boolean greedy) {
        next[fork] = greedy ? body : exit;
        other[fork] = greedy ? exit : body;
    }

    private int add(byte stepKind, int nextStep, int otherStep) {
        if (size == MAX_STEPS) {
            throw new RegexException("the expression is too large: it has more than " + MAX_STEPS + " steps");
        }
        if (size == kind.length) {
            kind = Arrays.copyOf(kind, 2 * size);
            next = Arrays.copyOf(next, 2 * size);
            other = Arrays.copyOf(other, 2 * size);
        }
        kind[size] = stepKind;
        next[size] = nextStep;
        other[size] = otherStep;
        return size++;
    }
}
