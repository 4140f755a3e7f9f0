package dev.altiplano.server.api.json;

/** A natural logarithm of a probability as JSON can write it. */
public final class LogProbability {

    /** Stands for a probability of zero, which JSON's numbers have no logarithm for. */
    private static final double IMPOSSIBLE = -9999;

    private LogProbability() {}

    /** {@code logprob}, or OpenAI's number for what is impossible. */
    public static double finite(double logprob) {
        return Math.max(logprob, IMPOSSIBLE);
    }
}
