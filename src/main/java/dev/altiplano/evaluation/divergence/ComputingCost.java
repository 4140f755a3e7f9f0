package dev.altiplano.evaluation.divergence;

import java.util.OptionalDouble;

/**
 * What a model's forward passes took, all of whose rows were prompt rows.
 *
 * @param tokens rows that were computed
 * @param joules of the whole machine meanwhile; empty where it does not tell
 */
public record ComputingCost(long tokens, double seconds, OptionalDouble joules) {

    public double tokensPerSecond() {
        return tokens / seconds;
    }

    /** Joules for a token, as measured or else of {@code watts}; NaN where neither is known. */
    public double joulesPerToken(double watts) {
        return joules.orElse(watts > 0 ? watts * seconds : Double.NaN) / tokens;
    }
}
