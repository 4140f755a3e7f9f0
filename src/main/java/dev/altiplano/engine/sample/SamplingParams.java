package dev.altiplano.engine.sample;

/**
 * How the next token is chosen from logits that all {@link LogitsProcessor}s have changed. At temperature 0 the largest logit wins
 * (the smallest id among equals); otherwise temperature, top-k, top-p, min-p and a draw.
 *
 * @param temperature divides the logits; 0 is greedy
 * @param topK keeps the k most likely tokens; 0 keeps all
 * @param topP keeps the most likely tokens until their probabilities pass this sum, the one that passes it included; 1 keeps all
 * @param minP drops tokens less likely than this share of the most likely one
 * @param seed with the position in the completion it fixes the draw
 */
public record SamplingParams(float temperature, int topK, float topP, float minP, long seed) {

    /** The most likely token, always. */
    public static SamplingParams greedy() {
        return new SamplingParams(0, 0, 1, 0, 0);
    }
}
