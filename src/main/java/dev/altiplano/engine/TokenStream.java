package dev.altiplano.engine;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The events of one request: the engine thread never waits for the reader, and what a reader that lags has not read takes no more
 * memory than the response itself.
 */
public interface TokenStream {

    /** The next event, in order; null when none came within {@code wait}. One thread reads. */
    @Nullable
    StreamEvent next(Duration wait) throws InterruptedException;
}
