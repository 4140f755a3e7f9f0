package dev.altiplano.engine.grammar.automaton;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A deterministic automaton over bytes. State 0 is the start; from every state an accepting one can be reached, so that a byte
 * with an edge always leads to a text of the language. Immutable; equal automata have equal content.
 */
public final class Dfa {

    /** What {@link #step} gives where no edge is. */
    public static final int DEAD = -1;

    private static final int FEW_EDGES = 3;
    /** Larger automata are rarely run twice, and their rows would be most of their memory. */
    private static final int MAX_STATES_WITH_ROWS = 1024;

    private static final int ROW_BYTES = 1040;

    /** Edges of state s are those from edgeStart[s] to before edgeStart[s + 1], in the order of their bytes. */
    private final int[] edgeStart;

    private final byte[] low;
    private final byte[] high;
    private final int[] target;
    private final boolean[] accepting;
    private final int hash;
    /** Targets by byte for states with many edges, filled in when first used; racing threads write the same. Empty in large automata. */
    private final int[] @Nullable [] rows;

    Dfa(int[] edgeStart, byte[] low, byte[] high, int[] target, boolean[] accepting) {
        this.edgeStart = edgeStart;
        this.low = low;
        this.high = high;
        this.target = target;
        this.accepting = accepting;
        rows = new int[accepting.length > MAX_STATES_WITH_ROWS ? 0 : accepting.length][];
        int sum = Arrays.hashCode(edgeStart);
        sum = 31 * sum + Arrays.hashCode(low);
        sum = 31 * sum + Arrays.hashCode(high);
        sum = 31 * sum + Arrays.hashCode(target);
        hash = 31 * sum + Arrays.hashCode(accepting);
    }

    public int stateCount() {
        return accepting.length;
    }

    /** The state after {@code value} (0 to 255), or {@link #DEAD}. */
    public int step(int state, int value) {
        int from = edgeStart[state];
        int to = edgeStart[state + 1];
        if (to - from <= FEW_EDGES || rows.length == 0) {
            for (int i = from; i < to; i++) {
                if (value <= (high[i] & 0xFF)) {
                    return value >= (low[i] & 0xFF) ? target[i] : DEAD;
                }
            }
            return DEAD;
        }
        int[] row = rows[state];
        return (row != null ? row : row(state))[value];
    }

    private int[] row(int state) {
        int[] row = new int[256];
        Arrays.fill(row, DEAD);
        for (int i = edgeStart[state]; i < edgeStart[state + 1]; i++) {
            Arrays.fill(row, low[i] & 0xFF, (high[i] & 0xFF) + 1, target[i]);
        }
        rows[state] = row;
        return row;
    }

    /** Its memory, with what is filled in later. */
    public long bytes() {
        long sum = 200 + 6L * target.length + 5L * accepting.length;
        for (int state = 0; state < rows.length; state++) {
            sum += 8 + (edgeCount(state) > FEW_EDGES ? ROW_BYTES : 0);
        }
        return sum;
    }

    public boolean accepting(int state) {
        return accepting[state];
    }

    /** Whether no text at all is in the language. */
    public boolean isEmpty() {
        return accepting.length == 1 && !accepting[0];
    }

    public int edgeCount(int state) {
        return edgeStart[state + 1] - edgeStart[state];
    }

    /** Number of the first edge of a state; its edges follow each other. */
    public int firstEdge(int state) {
        return edgeStart[state];
    }

    public int low(int edge) {
        return low[edge] & 0xFF;
    }

    public int high(int edge) {
        return high[edge] & 0xFF;
    }

    public int target(int edge) {
        return target[edge];
    }

    /** The only byte that can follow in a state that has one edge for one byte; -1 in all others. */
    public int onlyByte(int state) {
        int from = edgeStart[state];
        return edgeStart[state + 1] - from == 1 && low[from] == high[from] ? low[from] & 0xFF : -1;
    }

    /** Whether the bytes are a text of the language. */
    public boolean matches(byte[] bytes) {
        int state = 0;
        for (byte value : bytes) {
            state = step(state, value & 0xFF);
            if (state == DEAD) {
                return false;
            }
        }
        return accepting[state];
    }

    @Override
    public boolean equals(Object object) {
        return object == this
                || object instanceof Dfa other
                        && hash == other.hash
                        && Arrays.equals(accepting, other.accepting)
                        && Arrays.equals(edgeStart, other.edgeStart)
                        && Arrays.equals(target, other.target)
                        && Arrays.equals(low, other.low)
                        && Arrays.equals(high, other.high);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return "Dfa[" + stateCount() + " states]";
    }
}
