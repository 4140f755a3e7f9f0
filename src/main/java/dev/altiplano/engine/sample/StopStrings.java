package dev.altiplano.engine.sample;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Stop sequences as one automaton (Aho and Corasick 1975): each character of a text is one step, however many sequences there are
 * and however long they are. Immutable; shared by all sequences of a request.
 */
public final class StopStrings {

    static final int START = 0;

    private final Map<Long, Integer> edges = new HashMap<>();
    /** By state: its number of characters, the state of its longest proper end that begins a stop sequence, the longest one that ends here. */
    private int[] depths = new int[64];

    private int[] fallbacks = new int[64];
    private int[] matches = new int[64];
    private int states = 1;

    /** An automaton for {@code strings}, none of them empty. */
    public StopStrings(List<String> strings) {
        for (String string : strings) {
            int state = START;
            for (int i = 0; i < string.length(); i++) {
                state = edges.computeIfAbsent(edge(state, string.charAt(i)), key -> state((int) (key >>> 16)));
            }
            matches[state] = depths[state];
        }
        link();
    }

    private int state(int parent) {
        if (states == depths.length) {
            depths = Arrays.copyOf(depths, 2 * states);
            fallbacks = Arrays.copyOf(fallbacks, 2 * states);
            matches = Arrays.copyOf(matches, 2 * states);
        }
        depths[states] = depths[parent] + 1;
        return states++;
    }

    /** Finds the fallbacks level by level: those of shorter states are known by then. */
    private void link() {
        Map<Integer, Map<Character, Integer>> children = new HashMap<>();
        edges.forEach((edge, child) -> children.computeIfAbsent((int) (edge >>> 16), parent -> new HashMap<>())
                .put((char) (long) edge, child));
        ArrayDeque<Integer> queue = new ArrayDeque<>(List.of(START));
        while (!queue.isEmpty()) {
            int parent = queue.remove();
            children.getOrDefault(parent, Map.of()).forEach((character, child) -> {
                fallbacks[child] = parent == START ? START : next(fallbacks[parent], character);
                matches[child] = Math.max(matches[child], matches[fallbacks[child]]);
                queue.add(child);
            });
        }
    }

    private static long edge(int state, char character) {
        return (long) state << 16 | character;
    }

    /** The state after one more character. */
    int next(int state, char character) {
        int from = state;
        while (true) {
            Integer to = edges.get(edge(from, character));
            if (to != null) {
                return to;
            }
            if (from == START) {
                return START;
            }
            from = fallbacks[from];
        }
    }

    /** How many of the last characters could begin a stop sequence. */
    int depth(int state) {
        return depths[state];
    }

    /** Length of the longest stop sequence that ends here; 0 where none does. */
    int match(int state) {
        return matches[state];
    }

    boolean isEmpty() {
        return states == 1;
    }
}
