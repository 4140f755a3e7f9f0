package dev.altiplano.engine.cache.tier;

/**
 * What a host tier holds and has done.
 *
 * @param active whether it works: it is set up, and nothing has gone wrong
 * @param blocks KV blocks that it holds
 * @param bytes what they take
 * @param hits blocks that were read back, in total
 * @param writes blocks that were written, in total
 * @param skipped blocks that were not written, in total: they left memory before, or too many waited
 * @param rejected blocks that were not what was written, in total
 * @param errors failures of the file itself, in total; the first one ends the tier
 */
public record TierCounts(
        boolean active, int blocks, long bytes, long hits, long writes, long skipped, long rejected, long errors) {}
