package dev.altiplano.engine.cache.tier;

/** A host tier without its thread: who tests takes each of its turns. */
public final class SteppedTier {

    private final HostTier tier;
    private boolean ended;

    SteppedTier(HostTier tier) {
        this.tier = tier;
    }

    /** What an engine is given. */
    public HostTier tier() {
        return tier;
    }

    /** Reads or writes a block; false where there is nothing to do. */
    public boolean turn() {
        TierWork work = tier.work();
        if (work == null || ended) {
            return false;
        }
        if (!tier.counts().active()) {
            end();
            return true;
        }
        return work.turn();
    }

    /** As the thread does it at its end. */
    public void end() {
        TierWork work = tier.work();
        if (work != null && !ended) {
            ended = true;
            work.end();
        }
    }
}
