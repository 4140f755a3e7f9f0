package dev.altiplano.engine.speculate;

import dev.altiplano.engine.SpeculationStats;

/** What one source of drafts has done so far: written by the engine thread, read by anyone. */
final class DraftTally {

    private volatile long drafts;
    private volatile long drafted;
    private volatile long accepted;
    private volatile long nanos;

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    void took(long elapsedNanos) {
        nanos += elapsedNanos;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    void verified(int tokens, int right) {
        drafts++;
        drafted += tokens;
        accepted += right;
    }

    SpeculationStats snapshot() {
        // What was right was drafted before: read first, it is never more.
        long right = accepted;
        return new SpeculationStats(drafts, drafted, right, nanos);
    }
}
