package dev.altiplano.engine;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Who a request is for.
 *
 * @param name whose turn it takes in the queue; clients of one priority take turns
 * @param priority higher goes first
 * @param timeout deadline from submission; null takes the engine's default
 * @param cacheSalt prefixes in memory are shared only between requests of one salt
 */
public record Client(String name, int priority, @Nullable Duration timeout, String cacheSalt) {

    /** Nobody in particular. */
    public static final Client ANONYMOUS = new Client("", 0, null, "");
}
