package dev.altiplano.engine;

/**
 * What the file that keeps KV blocks of prefixes beyond memory holds and has done.
 *
 * @param active whether it works: it is set up, and nothing has gone wrong with it
 * @param blocks KV blocks that it holds
 * @param bytes what they take
 * @param hits blocks that were read back instead of being computed, in total
 * @param writes blocks that were written, in total
 * @param skipped blocks that were not written, in total: they left memory before, or too many waited
 * @param rejected blocks that were not what had been written, in total
 * @param errors failures of the file, in total; the first one ends its use
 */
public record TierStats(
        boolean active, int blocks, long bytes, long hits, long writes, long skipped, long rejected, long errors) {

    /** Of an engine without such a file. */
    public static final TierStats NONE = new TierStats(false, 0, 0, 0, 0, 0, 0, 0);
}
