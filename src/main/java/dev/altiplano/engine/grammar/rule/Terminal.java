package dev.altiplano.engine.grammar.rule;

import dev.altiplano.engine.grammar.automaton.Dfa;

/**
 * A regular part of a grammar. It may count how often the automaton comes back to one of its states, so that a string of at most
 * 100,000 characters needs no more states than one of any length.
 *
 * @param dfa the automaton
 * @param boundary the state in which a unit (a character) begins and the text may close; {@link #UNCOUNTED} if nothing is counted.
 *     It is entered from the start without counting; of its edges those to accepting states close, all others begin a unit
 * @param min how many units at least
 * @param max how many units at most
 */
public record Terminal(Dfa dfa, int boundary, int min, int max) {

    public static final int UNCOUNTED = -1;

    public Terminal {
        if (boundary >= dfa.stateCount() || boundary == 0 || min < 0 || max < min) {
            throw new IllegalArgumentException("a terminal with boundary " + boundary + ", " + min + " to " + max);
        }
    }

    public Terminal(Dfa dfa) {
        this(dfa, UNCOUNTED, 0, Integer.MAX_VALUE);
    }

    public boolean counts() {
        return boundary != UNCOUNTED;
    }
}
