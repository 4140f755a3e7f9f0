package dev.altiplano.engine;

import java.util.Map;
import java.util.OptionalLong;

/**
 * How tokens are chosen from logits.
 *
 * @param temperature 0 is greedy
 * @param topK most likely tokens to draw from; 0 is all
 * @param topP smallest set of tokens of at least this probability to draw from; 1 is all
 * @param minP minimum probability relative to the most likely token; 0 is none
 * @param presencePenalty subtracted once from the logit of each generated token
 * @param frequencyPenalty subtracted for each time a token was generated
 * @param repetitionPenalty divides (or multiplies, where negative) the logit of each token that stands in prompt or completion; 1 is none
 * @param logitBias added to logits by token id
 * @param seed makes the draw repeatable; without one every request is drawn differently
 * @param drawnSeed what a request without a seed is drawn from, where its caller wants to know; equal prompts in it are still drawn
 *     differently. Without either the engine draws one
 */
public record Sampling(
        float temperature,
        int topK,
        float topP,
        float minP,
        float presencePenalty,
        float frequencyPenalty,
        float repetitionPenalty,
        Map<Integer, Float> logitBias,
        OptionalLong seed,
        OptionalLong drawnSeed) {

    /** The most likely token, always. */
    public static final Sampling GREEDY = new Sampling(0, 0, 1, 0, 0, 0, 1, Map.of(), OptionalLong.empty());

    public Sampling {
        logitBias = Map.copyOf(logitBias);
    }

    /** Without a drawn seed. */
    public Sampling(
            float temperature,
            int topK,
            float topP,
            float minP,
            float presencePenalty,
            float frequencyPenalty,
            float repetitionPenalty,
            Map<Integer, Float> logitBias,
            OptionalLong seed) {
        this(
                temperature,
                topK,
                topP,
                minP,
                presencePenalty,
                frequencyPenalty,
                repetitionPenalty,
                logitBias,
                seed,
                OptionalLong.empty());
    }

    /** The same at another temperature, with a seed. */
    public Sampling at(float otherTemperature, long otherSeed) {
        return new Sampling(
                otherTemperature,
                topK,
                topP,
                minP,
                presencePenalty,
                frequencyPenalty,
                repetitionPenalty,
                logitBias,
                OptionalLong.of(otherSeed));
    }
}
