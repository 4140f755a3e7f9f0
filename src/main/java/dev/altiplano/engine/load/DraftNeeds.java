package dev.altiplano.engine.load;

/**
 * What a draft model takes of the memory limit.
 *
 * @param fixedBytes weights and scratch
 * @param blockBytes one of its KV blocks
 * @param kvBytes memory for keys and values that was asked for; 0 is as many positions as the model has
 */
record DraftNeeds(long fixedBytes, long blockBytes, long kvBytes) {

    /** No draft model. */
    static final DraftNeeds NONE = new DraftNeeds(0, 0, 0);

    /**
     * KV blocks that it gets: fewer than it wants where the memory limit leaves less, for what it cannot hold is decoded without it; one
     * at least.
     *
     * @param modelBlocks KV blocks of the model
     * @param freeBytes what the limit leaves
     */
    int blocks(int modelBlocks, long freeBytes) {
        if (blockBytes == 0) {
            return 0;
        }
        long wanted = kvBytes == 0 ? modelBlocks : Math.min(modelBlocks, kvBytes / blockBytes);
        return Math.toIntExact(Math.max(1, Math.min(wanted, freeBytes / blockBytes)));
    }
}
