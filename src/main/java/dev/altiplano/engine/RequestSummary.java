package dev.altiplano.engine;

/**
 * A request that has ended, for one log line and the outcome counters.
 *
 * @param id the caller's name for it
 * @param detail what went wrong, empty where nothing did
 * @param draftedTokens tokens that were drafted and verified
 * @param acceptedTokens those of them that were right
 * @param queueNanos submission to first scheduled step; -1 where it never ran
 * @param firstTokenNanos submission to first token; -1 where there was none
 * @param totalNanos submission to end
 */
public record RequestSummary(
        String id,
        Outcome outcome,
        String detail,
        Usage usage,
        int draftedTokens,
        int acceptedTokens,
        long queueNanos,
        long firstTokenNanos,
        long totalNanos) {

    /** Of a request that has never run. */
    public static RequestSummary rejected(String id, String detail, long totalNanos) {
        return new RequestSummary(id, Outcome.REJECTED, detail, new Usage(0, 0, 0), 0, 0, -1, -1, totalNanos);
    }
}
