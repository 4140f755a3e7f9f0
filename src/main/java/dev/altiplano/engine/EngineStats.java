package dev.altiplano.engine;

/**
 * A snapshot of the engine; cheap enough to take many times a second.
 *
 * @param requestsWaiting accepted, and no step has run any of their sequences yet
 * @param requestsRunning accepted, and a step has run at least one of their sequences
 * @param sequencesRunning sequences that took part in the last step; 0 when there was nothing to compute
 * @param queuedTokens prompt tokens of the waiting requests
 * @param kvBlocks KV blocks in the pool
 * @param kvBlocksUsed blocks that running sequences hold
 * @param kvBlocksCached blocks that hold reusable prompt beginnings and are free to be taken
 * @param preemptions sequences that gave their blocks back, in total
 * @param promptTokens prompt tokens computed or taken from the cache, in total
 * @param cachedTokens prompt tokens taken from the prefix cache, in total
 * @param generatedTokens tokens sampled, in total
 * @param ngramDrafts what was drafted from what sequences hold already
 * @param modelDrafts what a draft model drafted
 * @param steps steps, in total
 * @param secondsSinceStep since the engine thread last gave a sign of life
 * @param workPending whether there is anything for it to do
 */
public record EngineStats(
        int requestsWaiting,
        int requestsRunning,
        int sequencesRunning,
        long queuedTokens,
        int kvBlocks,
        int kvBlocksUsed,
        int kvBlocksCached,
        long preemptions,
        long promptTokens,
        long cachedTokens,
        long generatedTokens,
        SpeculationStats ngramDrafts,
        SpeculationStats modelDrafts,
        long steps,
        double secondsSinceStep,
        boolean workPending) {

    /** What was drafted in all. */
    public SpeculationStats drafts() {
        return ngramDrafts.plus(modelDrafts);
    }
}
