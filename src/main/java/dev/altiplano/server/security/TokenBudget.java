package dev.altiplano.server.security;

import java.time.Duration;

/**
 * Tokens per minute as a bucket that holds one minute's and fills evenly. What a request may need at most is taken when it
 * comes, if anything is there, so the level may fall below zero; what it did not need is put back when it ends. On average no
 * more than the limit goes out, and a request that is larger than the bucket still gets its turn. Thread-safe.
 */
final class TokenBudget {

    private static final double NANOS_PER_MINUTE = 60e9;

    private int perMinute;
    private double level;
    private long filledAt;

    /** A full bucket; {@code perMinute} of 0 is no limit. */
    TokenBudget(int perMinute, long now) {
        this.perMinute = perMinute;
        level = perMinute;
        filledAt = now;
    }

    /** Changes the limit; one that is new begins with a full bucket. */
    synchronized void limit(int newPerMinute, long now) {
        fill(now);
        level = perMinute == 0 ? newPerMinute : Math.min(level, newPerMinute);
        perMinute = newPerMinute;
    }

    /** Tokens that are there, less than 0 where more were taken. */
    synchronized long level(long now) {
        if (perMinute == 0) {
            return 0;
        }
        fill(now);
        return (long) Math.floor(level);
    }

    /** Takes {@code tokens}; otherwise says after which time there will be some. */
    synchronized Duration take(long tokens, long now) {
        if (perMinute == 0) {
            return Duration.ZERO;
        }
        fill(now);
        if (level < 1) {
            return Duration.ofNanos((long) Math.ceil((1 - level) / perMinute * NANOS_PER_MINUTE) + 1);
        }
        level -= tokens;
        return Duration.ZERO;
    }

    /** Puts {@code tokens} back; takes more if negative. */
    synchronized void putBack(long tokens, long now) {
        if (perMinute != 0) {
            fill(now);
            level = Math.min(perMinute, level + tokens);
        }
    }

    private void fill(long now) {
        level = Math.min(perMinute, level + (now - filledAt) / NANOS_PER_MINUTE * perMinute);
        filledAt = now;
    }
}
