package dev.altiplano.server.api.body;

import java.util.HashMap;
import java.util.Map;

/**
 * Memory for bodies of requests or of responses, in bytes: what all may hold together, and what one client may hold of it. Charged for what has arrived, given back
 * when a body is no longer needed. Thread-safe.
 */
public final class BodyMemory {

    private final long maxBytes;
    private final long maxBytesOfOne;
    private final Map<String, Long> byClient = new HashMap<>();
    private long held;

    /** @param maxBytesOfOne what one client may hold */
    public BodyMemory(long maxBytes, long maxBytesOfOne) {
        this.maxBytes = maxBytes;
        this.maxBytesOfOne = maxBytesOfOne;
    }

    /** Takes {@code bytes} for {@code client}; false where there are none left for it. */
    public synchronized boolean take(String client, long bytes) {
        long own = byClient.getOrDefault(client, 0L) + bytes;
        if (held + bytes > maxBytes || own > maxBytesOfOne) {
            return false;
        }
        held += bytes;
        byClient.put(client, own);
        return true;
    }

    /** Gives back what {@link #take} took. */
    public synchronized void giveBack(String client, long bytes) {
        held -= bytes;
        byClient.computeIfPresent(client, (name, own) -> own == bytes ? null : own - bytes);
    }

    /** What is held now. */
    public synchronized long held() {
        return held;
    }
}
