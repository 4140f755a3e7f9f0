package dev.altiplano.server.api.chat;

import dev.altiplano.server.api.StreamOptions.UsageChunks;

/**
 * What a client wants to see of an answer.
 *
 * @param n choices
 * @param stream whether it comes in chunks
 * @param usage how usage is streamed
 * @param logprobs alternatives listed with each token's log probability; -1 lists nothing at all
 * @param tools how calls of tools are found in it
 */
record ChatOptions(int n, boolean stream, UsageChunks usage, int logprobs, ToolUse tools) {

    /** Alternatives that the engine must find. Counts of tokens come with their scores. */
    int scored() {
        return usage == UsageChunks.EVERY ? Math.max(0, logprobs) : logprobs;
    }
}
