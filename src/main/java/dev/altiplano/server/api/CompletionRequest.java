package dev.altiplano.server.api;

import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.engine.Prompt;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /v1/completions}, every field within its range and every default filled in.
 *
 * @param model null where the client named none
 * @param logprobs -1 where none were asked for
 * @param timeout null where the client named none
 */
record CompletionRequest(
        @Nullable String model,
        List<Prompt> prompts,
        int maxTokens,
        float temperature,
        float topP,
        int topK,
        float minP,
        int n,
        int bestOf,
        boolean stream,
        boolean includeUsage,
        boolean echo,
        int logprobs,
        List<String> stop,
        float presencePenalty,
        float frequencyPenalty,
        float repetitionPenalty,
        Map<Integer, Float> logitBias,
        OptionalLong seed,
        boolean ignoreEos,
        @Nullable Duration timeout) {

    /**
     * The same in the engine's words.
     *
     * @param client whose turn it takes in the queue
     * @param limit a deadline from elsewhere; the shorter one counts
     */
    GenerationRequest toEngine(String id, String client, @Nullable Duration limit) {
        Duration deadline = timeout;
        if (deadline == null || (limit != null && limit.compareTo(deadline) < 0)) {
            deadline = limit;
        }
        return new GenerationRequest(
                id,
                prompts,
                n,
                bestOf,
                maxTokens,
                temperature,
                topK,
                topP,
                minP,
                presencePenalty,
                frequencyPenalty,
                repetitionPenalty,
                logitBias,
                seed,
                stop,
                ignoreEos,
                logprobs,
                echo && logprobs >= 0,
                client,
                0,
                deadline);
    }
}
