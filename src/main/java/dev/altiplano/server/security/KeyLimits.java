package dev.altiplano.server.security;

/**
 * What the requests of one key may take.
 *
 * @param requests most completions waiting or running at a time; 0 is no limit
 * @param tokensPerMinute most prompt and completion tokens per minute, on average; 0 is no limit
 * @param priority higher goes first in the queue
 */
record KeyLimits(int requests, int tokensPerMinute, int priority) {

    static final KeyLimits NONE = new KeyLimits(0, 0, 0);
}
