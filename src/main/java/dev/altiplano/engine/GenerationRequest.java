package dev.altiplano.engine;

import dev.altiplano.engine.grammar.GrammarSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to generate. A request has {@code prompts.size() · n} choices; choice {@code i · n + j} is the j-th for prompt i.
 *
 * @param id the caller's name for it, used in logs
 * @param n choices for each prompt
 * @param bestOf sequences generated for each prompt, of which the n most likely by mean log probability are returned; at least n
 * @param grammar what the text of every choice must follow; null is anything
 * @param controlTokens which control tokens can be read in the text
 * @param embedding how the hidden states of each prompt become the one vector that is wanted instead of text; null is text
 * @param adapter the name of the adapter to compute with; null is the model alone
 */
public record GenerationRequest(
        String id,
        List<Prompt> prompts,
        int n,
        int bestOf,
        @Nullable String adapter,
        Sampling sampling,
        Stopping stopping,
        Logprobs logprobs,
        Client client,
        @Nullable GrammarSource grammar,
        ControlTokenText controlTokens,
        @Nullable Pooling embedding) {

    public GenerationRequest {
        prompts = List.copyOf(prompts);
        if (embedding != null && (stopping.maxTokens() != 0 || bestOf != 1 || logprobs.any())) {
            throw new IllegalArgumentException("a request for embeddings generates and scores nothing");
        }
    }

    /** A greedy request for one choice, to be changed by the {@code with} methods. */
    public static GenerationRequest of(String id, Prompt prompt, int maxTokens) {
        return new GenerationRequest(
                id,
                List.of(prompt),
                1,
                1,
                null,
                Sampling.GREEDY,
                Stopping.after(maxTokens),
                Logprobs.NONE,
                Client.ANONYMOUS);
    }

    /** Whether the prompt's tokens are scored. */
    public boolean scoresPrompt() {
        return logprobs.prompt() >= 0;
    }

    /** Whether a choice ends at {@code token}, which may be one of the model's ends. */
    public boolean endsAt(int token, boolean modelsEnd) {
        return stopping.tokenIds().contains(token) || modelsEnd && (!stopping.ignoreEos() || grammar != null);
    }

    /** The same, chosen in another way. */
    public GenerationRequest with(Sampling other) {
        return new GenerationRequest(
                id, prompts, n, bestOf, adapter, other, stopping, logprobs, client, grammar, controlTokens, embedding);
    }

    /** The same, ending elsewhere. */
    public GenerationRequest with(Stopping other) {
        return new GenerationRequest(
                id, prompts, n, bestOf, adapter, sampling, other, logprobs, client, grammar, controlTokens, embedding);
    }

    /** The same with other log probabilities. */
    public GenerationRequest with(Logprobs other) {
        return new GenerationRequest(
                id, prompts, n, bestOf, adapter, sampling, stopping, other, client, grammar, controlTokens, embedding);
    }

    /** The same for somebody else. */
    public GenerationRequest with(Client other) {
        return new GenerationRequest(
                id,
                prompts,
                n,
                bestOf,
                adapter,
                sampling,
                stopping,
                logprobs,
                other,
                grammar,
                controlTokens,
                embedding);
    }

    /** The same with other numbers of choices. */
    public GenerationRequest withChoices(int choices, int sequences) {
        return new GenerationRequest(
                id,
                prompts,
                choices,
                sequences,
                adapter,
                sampling,
                stopping,
                logprobs,
                client,
                grammar,
                controlTokens,
                embedding);
    }

    /** A request whose text follows no grammar. */
    public GenerationRequest(
            String id,
            List<Prompt> prompts,
            int n,
            int bestOf,
            @Nullable String adapter,
            Sampling sampling,
            Stopping stopping,
            Logprobs logprobs,
            Client client) {
        this(id, prompts, n, bestOf, adapter, sampling, stopping, logprobs, client, null, ControlTokenText.NONE, null);
    }

    /** The same, following a grammar. */
    public GenerationRequest with(@Nullable GrammarSource other) {
        return new GenerationRequest(
                id, prompts, n, bestOf, adapter, sampling, stopping, logprobs, client, other, controlTokens, embedding);
    }

    /** The same prompts, of which vectors are wanted and no text. */
    public GenerationRequest embedded(Pooling pooling) {
        return new GenerationRequest(
                id,
                prompts,
                1,
                1,
                adapter,
                Sampling.GREEDY,
                Stopping.after(0),
                Logprobs.NONE,
                client,
                null,
                controlTokens,
                pooling);
    }

    /** The same with other control tokens that can be read. */
    public GenerationRequest with(ControlTokenText other) {
        return new GenerationRequest(
                id, prompts, n, bestOf, adapter, sampling, stopping, logprobs, client, grammar, other, embedding);
    }

    /** The same with an adapter. */
    public GenerationRequest withAdapter(@Nullable String name) {
        return new GenerationRequest(
                id, prompts, n, bestOf, name, sampling, stopping, logprobs, client, grammar, controlTokens, embedding);
    }
}
