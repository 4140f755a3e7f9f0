package dev.altiplano.server.api;

import dev.altiplano.engine.Client;
import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.engine.Logprobs;
import dev.altiplano.engine.Prompt;
import dev.altiplano.engine.Sampling;
import dev.altiplano.engine.Stopping;
import dev.altiplano.server.security.Caller;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
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

    private static final int CHARACTERS_PER_TOKEN = 4;

    /** Tokens that it may use at most; of texts, whose tokens are not known yet, a guess. */
    long mostTokens() {
        long tokens = (long) prompts.size() * bestOf * Math.max(0, maxTokens);
        for (Prompt prompt : prompts) {
            tokens += switch (prompt) {
                case Prompt.Text(String text) -> text.length() / CHARACTERS_PER_TOKEN + 1;
                case Prompt.Ids(int[] ids) -> ids.length;
            };
        }
        return tokens;
    }

    /**
     * The same in the engine's words.
     *
     * @param caller whose turn it takes in the queue, and how it ranks there
     * @param limit a deadline from elsewhere; the shorter one counts
     */
    GenerationRequest toEngine(String id, Caller caller, @Nullable Duration limit) {
        Duration deadline = timeout;
        if (deadline == null || (limit != null && limit.compareTo(deadline) < 0)) {
            deadline = limit;
        }
        return new GenerationRequest(
                id,
                prompts,
                n,
                bestOf,
                null,
                new Sampling(
                        temperature,
                        topK,
                        topP,
                        minP,
                        presencePenalty,
                        frequencyPenalty,
                        repetitionPenalty,
                        logitBias,
                        seed),
                new Stopping(maxTokens, 0, stop, Set.of(), ignoreEos),
                new Logprobs(logprobs, echo ? logprobs : -1),
                new Client(caller.turn(), caller.priority(), deadline, ""));
    }
}
