package dev.altiplano.engine;

/** Is told how far loading has come, by the loading thread. */
@FunctionalInterface
public interface LoadListener {

    /** The parts of loading, in order. */
    enum Phase {
        DOWNLOADING,
        OPENING,
        VERIFYING,
        PACKING,
        WARMING_UP,
        READY
    }

    /** {@code done} of {@code total} bytes (or steps) of {@code phase} are behind us; total is at least 1. */
    void progress(Phase phase, long done, long total);
}
