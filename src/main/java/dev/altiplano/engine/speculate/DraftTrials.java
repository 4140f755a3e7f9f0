package dev.altiplano.engine.speculate;

import org.jspecify.annotations.Nullable;

/**
 * When a draft is tried where none is expected to gain: after some tokens, and after twice as many each time it has not led to more, so that
 * drafting begins again where texts become easier and costs ever less where they do not. One sequence at a time. Belongs to the engine
 * thread.
 */
final class DraftTrials {

    private static final int PATIENCE = 32;
    private static final int MAX_PATIENCE = 2048;

    private int waited;
    private int patience = PATIENCE;
    /** Whose turn it is, until it has tried. */
    private @Nullable ModelDrafter next;

    /** Whether {@code drafter}, which gets a token without a draft, is to try one. */
    boolean isDue(ModelDrafter drafter) {
        waited++;
        if (waited < patience) {
            return false;
        }
        if (next == null) {
            next = drafter;
        }
        return next == drafter;
    }

    /** It has tried. */
    void tried() {
        next = null;
        waited = 0;
        patience = Math.min(2 * patience, MAX_PATIENCE);
    }

    /** Drafts are made because they gain. */
    void worked() {
        patience = PATIENCE;
    }

    /** It will not try. */
    void leave(ModelDrafter drafter) {
        if (next == drafter) {
            next = null;
        }
    }
}
