package dev.altiplano.server.api;

import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/**
 * How many long texts are tokenized at a time: not on every processor, so that health, metrics and refusals go on beside them. Short
 * texts do not wait.
 */
@Component
public final class TokenizingLimit {

    private static final long SHORT_CHARACTERS = 16 * 1024;

    private final Semaphore permits =
            new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() - 1));

    /** Runs {@code work}, which tokenizes so many characters. */
    public <T> T run(long characters, Supplier<T> work) {
        if (characters <= SHORT_CHARACTERS) {
            return work.get();
        }
        permits.acquireUninterruptibly();
        try {
            return work.get();
        } finally {
            permits.release();
        }
    }
}
