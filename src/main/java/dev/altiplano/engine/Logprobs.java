package dev.altiplano.engine;

/**
 * Which log probabilities are reported.
 *
 * @param completion how many most likely tokens beside the chosen one, at each position of the completion; -1 reports none at all
 * @param prompt the same for the prompt's own tokens
 * @param promptFrom the first token of the prompt that is scored: what stands before it may be taken from the prefix cache
 */
public record Logprobs(int completion, int prompt, int promptFrom) {

    /** None. */
    public static final Logprobs NONE = new Logprobs(-1, -1);

    public Logprobs {
        if (promptFrom < 0) {
            throw new IllegalArgumentException("promptFrom = " + promptFrom + ": must be 0 or more");
        }
    }

    /** Of all the prompt's tokens. */
    public Logprobs(int completion, int prompt) {
        this(completion, prompt, 0);
    }

    /** Whether any are reported. */
    public boolean any() {
        return completion >= 0 || prompt >= 0;
    }
}
