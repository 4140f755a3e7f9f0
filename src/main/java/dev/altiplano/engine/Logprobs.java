package dev.altiplano.engine;

/**
 * Which log probabilities are reported.
 *
 * @param completion how many most likely tokens beside the chosen one, at each position of the completion; -1 reports none at all
 * @param prompt the same for the prompt's own tokens
 */
public record Logprobs(int completion, int prompt) {

    /** None. */
    public static final Logprobs NONE = new Logprobs(-1, -1);

    /** Whether any are reported. */
    public boolean any() {
        return completion >= 0 || prompt >= 0;
    }
}
