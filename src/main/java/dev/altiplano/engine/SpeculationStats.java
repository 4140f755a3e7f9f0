package dev.altiplano.engine;

/**
 * What one source of drafts has done, in total.
 *
 * @param drafts drafts of what follows, of one or several tokens, that were verified
 * @param draftedTokens tokens that were drafted and verified
 * @param acceptedTokens those of them that were right
 * @param nanos what drafting took, without verifying
 */
public record SpeculationStats(long drafts, long draftedTokens, long acceptedTokens, long nanos) {

    /** Of a source that is not there. */
    public static final SpeculationStats NONE = new SpeculationStats(0, 0, 0, 0);

    /** Both together. */
    public SpeculationStats plus(SpeculationStats other) {
        return new SpeculationStats(
                drafts + other.drafts,
                draftedTokens + other.draftedTokens,
                acceptedTokens + other.acceptedTokens,
                nanos + other.nanos);
    }
}
