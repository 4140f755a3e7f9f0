package dev.altiplano.engine;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What to generate. A request has {@code prompts.size() · n} choices; choice {@code i · n + j} is the j-th for prompt i.
 *
 * @param id the caller's name for it, used in logs
 * @param n choices for each prompt
 * @param bestOf sequences generated for each prompt, of which the n most likely by mean log probability are returned; at least n
 * @param maxTokens most tokens to generate for each choice; 0 scores the prompt only; -1 takes what the context leaves
 * @param temperature 0 is greedy
 * @param topK most likely tokens to draw from; 0 is all
 * @param topP smallest set of tokens of at least this probability to draw from; 1 is all
 * @param minP least probability relative to the most likely token; 0 is none
 * @param presencePenalty subtracted once from the logit of each generated token
 * @param frequencyPenalty subtracted for each time a token was generated
 * @param repetitionPenalty divides (or multiplies, where negative) the logit of each token that stands in prompt or completion; 1 is none
 * @param logitBias added to logits by token id
 * @param seed makes the draw repeatable; empty draws anew each time
 * @param stop strings at which generation ends; not part of the text
 * @param ignoreEos go on to {@code maxTokens} where the model would end
 * @param logprobs how many most likely tokens to report at each position besides the chosen one; -1 reports none at all
 * @param promptLogprobs whether the prompt's tokens are scored too
 * @param client whose turn it takes in the queue; clients of one priority take turns
 * @param priority higher goes first
 * @param timeout deadline from submission; null takes the default
 */
public record GenerationRequest(
        String id,
        List<Prompt> prompts,
        int n,
        int bestOf,
        int maxTokens,
        float temperature,
        int topK,
        float topP,
        float minP,
        float presencePenalty,
        float frequencyPenalty,
        float repetitionPenalty,
        Map<Integer, Float> logitBias,
        OptionalLong seed,
        List<String> stop,
        boolean ignoreEos,
        int logprobs,
        boolean promptLogprobs,
        String client,
        int priority,
        @Nullable Duration timeout) {

    public GenerationRequest {
        prompts = List.copyOf(prompts);
        logitBias = Map.copyOf(logitBias);
        stop = List.copyOf(stop);
    }

    /** A greedy request for one choice. */
    public static GenerationRequest greedy(String id, Prompt prompt, int maxTokens) {
        return new GenerationRequest(
                id,
                List.of(prompt),
                1,
                1,
                maxTokens,
                0,
                0,
                1,
                0,
                0,
                0,
                1,
                Map.of(),
                OptionalLong.empty(),
                List.of(),
                false,
                -1,
                false,
                "",
                0,
                null);
    }
}
