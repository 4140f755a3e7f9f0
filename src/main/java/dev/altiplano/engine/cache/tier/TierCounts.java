package dev.altiplano.engine.cache.tier;

/**
 * What a host tier holds and has done.
 *
 * @param active whether it works: it is set up, and nothing has gone wrong
 * @param blocks KV blocks that it holds
 * @param bytes what they take
 * @param hits blocks that were read back, in total
 * @param writes blocks that were written, in total
 * @param skipped blocks that left memory, or the queue was too long, before they were written, in total
 * @param rejected blocks that were not what was written, in total
 * @param errors failures of the file itself, in total; the first one ends the tier
 */
public record TierCounts(
        boolean active, int blocks, long bytes, long hits, long writes, long skipped, long rejected, long errors) {}
