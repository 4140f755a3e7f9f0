package dev.altiplano.server.api;

import dev.altiplano.server.security.Caller;
import dev.altiplano.server.security.RateLimits;
import jakarta.servlet.http.HttpServletResponse;

/** OpenAI's {@code x-ratelimit-…} headers, for callers that have limits. */
final class RateLimitHeaders {

    private static final String PREFIX = "x-ratelimit-";

    private RateLimitHeaders() {}

    static void set(HttpServletResponse response, Caller caller) {
        RateLimits limits = caller.rateLimits();
        if (limits.requests() > 0) {
            set(response, "limit-requests", limits.requests());
            set(response, "remaining-requests", limits.remainingRequests());
        }
        if (limits.tokensPerMinute() > 0) {
            set(response, "limit-tokens", limits.tokensPerMinute());
            set(response, "remaining-tokens", limits.remainingTokens());
            response.setHeader(PREFIX + "reset-tokens", limits.resetTokensSeconds() + "s");
        }
    }

    private static void set(HttpServletResponse response, String name, long value) {
        response.setHeader(PREFIX + name, Long.toString(value));
    }
}
