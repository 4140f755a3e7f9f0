package dev.altiplano.engine.checkpoint;

/** Is told how many bytes of a long reading or writing are done; called by one thread at a time, some times a second at most. */
@FunctionalInterface
public interface Progress {

    /** Tells nobody. */
    Progress NONE = (doneBytes, totalBytes) -> {};

    void advanced(long doneBytes, long totalBytes);
}
