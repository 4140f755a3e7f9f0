package dev.altiplano.engine;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The events of one request, bounded: the engine thread never waits for the reader, and a reader that falls too far behind
 * has its request cancelled.
 */
public interface TokenStream {

    /** The next event, in order; null when none came within {@code wait}. One thread reads. */
    @Nullable
    StreamEvent next(Duration wait) throws InterruptedException;
}
