package dev.altiplano.engine.grammar;

import dev.altiplano.engine.grammar.automaton.Dfa;
import dev.altiplano.engine.grammar.rule.Terminal;
import org.jspecify.annotations.Nullable;

/**
 * One way in which the text so far can be read.
 *
 * @param terminal the automaton that reads now
 * @param state where it stands
 * @param count units that it has counted
 * @param next where to go on after it; null where the text ends after it
 */
record Item(
        Terminal terminal, int state, int count, @Nullable Frame next) {

    static final long DEAD = -1;

    /** State and count after a byte, packed; {@link #DEAD} if it cannot come. */
    static long step(Terminal terminal, int state, int count, int value) {
        Dfa dfa = terminal.dfa();
        int to = dfa.step(state, value);
        if (to == Dfa.DEAD || !terminal.counts()) {
            return to;
        }
        int after = count;
        if (state == terminal.boundary()) {
            if (dfa.accepting(to)) {
                return count >= terminal.min() ? pack(to, count) : DEAD;
            }
            if (count >= terminal.max()) {
                return DEAD;
            }
        }
        if (to == terminal.boundary() && state != 0) {
            after = terminal.max() == Integer.MAX_VALUE ? Math.min(count + 1, terminal.min()) : count + 1;
        }
        return pack(to, after);
    }

    private static long pack(int state, int count) {
        return (long) count << 32 | state;
    }

    static int state(long packed) {
        return (int) packed;
    }

    static int count(long packed) {
        return (int) (packed >>> 32);
    }

    /** The way after a byte; null if it cannot come. */
    @Nullable
    Item step(int value) {
        long packed = step(terminal, state, count, value);
        return packed == DEAD ? null : new Item(terminal, state(packed), count(packed), next);
    }

    boolean accepting() {
        return terminal.dfa().accepting(state);
    }

    /** The only byte that can follow within the automaton; -1 if there are several, or none. */
    int onlyByte() {
        int only = terminal.dfa().onlyByte(state);
        if (only >= 0 || !terminal.counts() || state != terminal.boundary() || count < terminal.max()) {
            return only;
        }
        for (int value = 0; value < 256; value++) {
            if (step(terminal, state, count, value) != DEAD) {
                if (only >= 0) {
                    return -1;
                }
                only = value;
            }
        }
        return only;
    }
}
