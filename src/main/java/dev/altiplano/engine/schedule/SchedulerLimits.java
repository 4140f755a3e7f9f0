package dev.altiplano.engine.schedule;

/**
 * What a step may hold, and what may be reused.
 *
 * @param maxSequences maximum of sequences in one step
 * @param maxBatchTokens maximum of rows in one step, at least {@code maxSequences}
 * @param maxScoredRows maximum of rows in one step of which logits are wanted, at least {@code maxSequences}
 * @param maxDraftRows maximum of rows in one step for tokens that are only drafted; 0 is none
 * @param window positions that a row sees, itself the last of them: KV blocks before it are given back; 0 where it sees all
 * @param oneRule whether all rows are computed by one rule, so that generated tokens are reused like prompts
 */
public record SchedulerLimits(
        int maxSequences, int maxBatchTokens, int maxScoredRows, int maxDraftRows, int window, boolean oneRule) {

    /** Limits without drafts, window and one rule. */
    public static SchedulerLimits of(int maxSequences, int maxBatchTokens, int maxScoredRows) {
        return new SchedulerLimits(maxSequences, maxBatchTokens, maxScoredRows, 0, 0, false);
    }
}
