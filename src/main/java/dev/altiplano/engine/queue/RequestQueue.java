package dev.altiplano.engine.queue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Requests that wait for the engine, bounded in their number and in their prompt tokens. Higher priorities go first; within a
 * priority the clients take turns, so that one with many requests delays another by no more than the one that has gone in already; within a client
 * the order is that of arrival.
 *
 * <p>A place is {@linkplain #reserve reserved} before any work is done for a request, so that the work of turning text into
 * tokens is bounded as well; the tokens are counted when they are known. Thread-safe; every operation but
 * {@link #removeIf} takes time that does not grow with the number of waiting requests.
 *
 * @param <T> what waits
 */
public final class RequestQueue<T> {

    /** Who a request is from, and how it ranks. */
    private record Client(String name, int priority) {}

    private record Waiting<T>(T request, long tokens) {}

    private final int capacity;
    private final long tokenCapacity;
    private final Map<Client, ArrayDeque<Waiting<T>>> waiting = new HashMap<>();
    /** Clients with waiting requests, the next to have its turn first. */
    private final List<Client> turns = new ArrayList<>();

    private @Nullable Client lastServed;
    private int size;
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
        Refusal refusal = refusal();
        if (refusal == null) {
            reserved++;
        }
        return refusal;
    }

    /** What {@link #reserve} would answer now. */
    public synchronized @Nullable Refusal refusal() {
        if (closed) {
            return Refusal.CLOSED;
        }
        return size + reserved >= capacity ? Refusal.FULL : null;
    }

    /** Gives a reserved place back. */
    public synchronized void release() {
        reserved--;
    }

    /**
     * Fills a reserved place; null when {@code request} now waits, otherwise the place has been given back. A request that is
     * larger than the whole queue may wait alone.
     *
     * @param client whose turn it uses
     * @param priority higher goes first
     */
    public synchronized @Nullable Refusal offer(T request, long requestTokens, String client, int priority) {
        reserved--;
        if (closed) {
            return Refusal.CLOSED;
        }
        if (size > 0 && tokens + requestTokens > tokenCapacity) {
            return Refusal.TOKENS_FULL;
        }
        Client from = new Client(client, priority);
        ArrayDeque<Waiting<T>> own = waiting.get(from);
        if (own == null) {
            own = new ArrayDeque<>();
            waiting.put(from, own);
            // Ahead of the client whose request went in last: otherwise two of its requests would go first.
            boolean before = !turns.isEmpty() && turns.getLast().equals(lastServed);
            turns.add(before ? turns.size() - 1 : turns.size(), from);
        }
        own.addLast(new Waiting<>(request, requestTokens));
        size++;
        tokens += requestTokens;
        return null;
    }

    /** The request whose turn it is, or null. */
    public @Nullable T poll() {
        return poll(client -> true);
    }

    /** The request whose turn it is among the clients for which {@code wanted} holds, or null. */
    public synchronized @Nullable T poll(Predicate<String> wanted) {
        Client next = null;
        for (Client client : turns) {
            if ((next == null || client.priority > next.priority) && wanted.test(client.name)) {
                next = client;
            }
        }
        ArrayDeque<Waiting<T>> own = next == null ? null : waiting.get(next);
        if (next == null || own == null) {
            return null;
        }
        Waiting<T> first = own.removeFirst();
        turns.remove(next);
        lastServed = next;
        if (own.isEmpty()) {
            waiting.remove(next);
        } else {
            turns.add(next);
        }
        size--;
        tokens -= first.tokens;
        return first.request;
    }

    /** Removes all requests for which {@code ended} holds. */
    public synchronized void removeIf(Predicate<T> ended) {
        if (size == 0) {
            return;
        }
        for (ArrayDeque<Waiting<T>> own : waiting.values()) {
            own.removeIf(each -> {
                if (!ended.test(each.request)) {
                    return false;
                }
                size--;
                tokens -= each.tokens;
                return true;
            });
        }
        waiting.values().removeIf(ArrayDeque::isEmpty);
        turns.removeIf(client -> !waiting.containsKey(client));
    }

    /** Refuses everything from now on; what waits goes on waiting. */
    public synchronized void close() {
        closed = true;
    }

    /** Requests waiting, or about to: their places are reserved while their text is read. */
    public synchronized int size() {
        return size + reserved;
    }

    /** Prompt tokens waiting. */
    public synchronized long tokens() {
        return tokens;
    }
}
