package dev.altiplano.engine.sample;

/**
 * How the next token is chosen. Applied in this order: logit bias, repetition penalty, presence and frequency penalty;
 * then, at temperature 0, the largest logit wins (the smallest id among equals); otherwise temperature, top-k, top-p, min-p and
 * a draw.
 *
 * @param temperature divides the logits; 0 is greedy
 * @param topK keeps the k most likely tokens; 0 keeps all
 * @param topP keeps the most likely tokens until their probabilities pass this sum, the one that passes it included; 1 keeps all
 * @param minP drops tokens less likely than this share of the most likely one
 * @param presencePenalty subtracted once from the logit of each token of the completion
 * @param frequencyPenalty subtracted from it for each time it stands there
 * @param repetitionPenalty divides positive and multiplies negative logits of tokens of prompt and completion; 1 is none
 * @param biasIds tokens whose logits get {@code biases} added
 * @param seed with the position in the completion it fixes the draw
 */
public record SamplingParams(
        float temperature,
        int topK,
        float topP,
        float minP,
        float presencePenalty,
        float frequencyPenalty,
        float repetitionPenalty,
        int[] biasIds,
        float[] biases,
        long seed) {

    /** The most likely token, always. */
    public static SamplingParams greedy() {
        return new SamplingParams(0, 0, 1, 0, 0, 0, 1, new int[0], new float[0], 0);
    }
}
