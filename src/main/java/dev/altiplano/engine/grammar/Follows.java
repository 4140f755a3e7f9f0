package dev.altiplano.engine.grammar;

import java.util.HashMap;
import java.util.Map;

/**
 * What follows from the stacks of one sequence, kept up to a total. Counts what one mask or one token takes; a count does not
 * depend on what is kept. Used by one thread at a time.
 */
final class Follows {

    /** Steps for one mask or one token: along the trie of the vocabulary, or about as long. */
    private static final int MAX_STEPS = 4_000_000;
    /** A place of a grammar takes as long as so many steps along the trie. */
    static final int STEPS_OF_A_PLACE = 10;

    private static final int MAX_KEPT_PLACES = 8192;

    private final Map<Frame, Follow> kept = new HashMap<>();
    private int keptPlaces;
    private long steps;

    /** Begins a mask or a token. */
    void begin() {
        steps = 0;
    }

    /** Uses up steps; throws {@link AmbiguousGrammarException} where there are no more. */
    void count(int more) {
        steps += more;
        if (steps > MAX_STEPS) {
            throw new AmbiguousGrammarException();
        }
    }

    /** What may come when {@code stack} is taken up at its top. */
    Follow of(Frame stack) {
        Follow known = kept.get(stack);
        if (known != null) {
            count(STEPS_OF_A_PLACE * known.places());
            return known;
        }
        Follow found = Follow.of(stack.program(), stack.node(), stack.count(), stack.parent(), this);
        if (keptPlaces + found.places() > MAX_KEPT_PLACES) {
            kept.clear();
            keptPlaces = 0;
        }
        kept.put(stack, found);
        keptPlaces += found.places();
        return found;
    }

    /** Places that are kept. */
    int keptPlaces() {
        return keptPlaces;
    }
}
