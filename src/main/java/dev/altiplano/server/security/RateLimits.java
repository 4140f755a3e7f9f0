package dev.altiplano.server.security;

/**
 * What a caller may take and what is left of it, for headers of a response.
 *
 * @param requests requests at a time; 0 is no limit
 * @param tokensPerMinute 0 is no limit
 * @param resetTokensSeconds until all tokens of a minute are there again
 */
public record RateLimits(
        int requests, int remainingRequests, int tokensPerMinute, long remainingTokens, long resetTokensSeconds) {}
