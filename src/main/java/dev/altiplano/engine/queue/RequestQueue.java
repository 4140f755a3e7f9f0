package dev.altiplano.engine.queue;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Requests that wait for the engine, first come first served, bounded in their number and in their prompt tokens.
 *
 * <p>A place is {@linkplain #reserve reserved} before any work is done for a request, so that the work of turning text into
 * tokens is bounded as well; the tokens are counted when they are known. Thread-safe; every operation but
 * {@link #removeIf} takes constant time.
 *
 * @param <T> what waits
 */
public final class RequestQueue<T> {

    private record Waiting<T>(T request, long tokens) {}

    private final int capacity;
    private final long tokenCapacity;
    private final ArrayDeque<Waiting<T>> waiting = new ArrayDeque<>();
    private int reserved;
    private long tokens;
    private boolean closed;

    /** A queue of at most {@code capacity} requests with at most {@code tokenCapacity} prompt tokens in all. */
    public RequestQueue(int capacity, long tokenCapacity) {
        this.capacity = capacity;
        this.tokenCapacity = tokenCapacity;
    }

    /** Takes a place; null when it was granted. A granted place must be filled by {@link #offer} or given back by {@link #release}. */
    public synchronized @Nullable Refusal reserve() {
        if (closed) {
            return Refusal.CLOSED;
        }
        if (waiting.size() + reserved >= capacity) {
            return Refusal.FULL;
        }
        reserved++;
        return null;
    }

    /** Gives a reserved place back. */
    public synchronized void release() {
        reserved--;
    }

    /**
     * Fills a reserved place; null when {@code request} now waits, otherwise the place has been given back. A request that is
     * larger than the whole queue may wait alone.
     */
    public synchronized @Nullable Refusal offer(T request, long requestTokens) {
        reserved--;
        if (closed) {
            return Refusal.CLOSED;
        }
        if (!waiting.isEmpty() && tokens + requestTokens > tokenCapacity) {
            return Refusal.TOKENS_FULL;
        }
        waiting.addLast(new Waiting<>(request, requestTokens));
        tokens += requestTokens;
        return null;
    }

    /** The request that waited longest, or null. */
    public synchronized @Nullable T poll() {
        Waiting<T> first = waiting.pollFirst();
        if (first == null) {
            return null;
        }
        tokens -= first.tokens;
        return first.request;
    }

    /** Removes all requests for which {@code ended} holds. */
    public synchronized void removeIf(Predicate<T> ended) {
        for (Iterator<Waiting<T>> each = waiting.iterator(); each.hasNext(); ) {
            Waiting<T> next = each.next();
            if (ended.test(next.request)) {
                tokens -= next.tokens;
                each.remove();
            }
        }
    }

    /** Refuses everything from now on; what waits goes on waiting. */
    public synchronized void close() {
        closed = true;
    }

    /** Requests waiting, or about to: their places are reserved while their text is read. */
    public synchronized int size() {
        return waiting.size() + reserved;
    }

    /** Whether nothing waits. */
    public synchronized boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Prompt tokens waiting. */
    public synchronized long tokens() {
        return tokens;
    }
}
