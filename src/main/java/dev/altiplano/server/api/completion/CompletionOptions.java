package dev.altiplano.server.api.completion;

import dev.altiplano.server.api.StreamOptions.UsageChunks;

/**
 * What a client wants to see of a completion.
 *
 * @param n choices for each prompt
 * @param stream whether it comes in chunks
 * @param usage how usage is streamed
 * @param echo whether a choice's text begins with its prompt
 * @param logprobs alternatives listed with each token's log probability; -1 lists nothing at all
 * @param promptLogprobs the same for the prompt's tokens in a field of their own; -1 leaves it out
 * @param tokenIds whether the ids of prompt and completion are listed
 */
record CompletionOptions(
        int n, boolean stream, UsageChunks usage, boolean echo, int logprobs, int promptLogprobs, boolean tokenIds) {

    /** Alternatives of the prompt's tokens that the engine must find; -1 where the prompt need not be scored. */
    int scoredPrompt() {
        return Math.max(echo ? logprobs : -1, promptLogprobs);
    }

    /** The same of the completion's tokens. Ids and counts of tokens come with their scores. */
    int scoredCompletion() {
        return tokenIds || usage == UsageChunks.EVERY ? Math.max(0, logprobs) : logprobs;
    }
}
