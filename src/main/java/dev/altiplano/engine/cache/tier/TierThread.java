package dev.altiplano.engine.cache.tier;

import java.time.Duration;

/** The thread that does a tier's work, from {@link #start} to {@link #close}. */
final class TierThread {

    private final TierWork work;
    private final Thread thread;

    TierThread(TierWork work) {
        this.work = work;
        thread = Thread.ofPlatform().name("altiplano-cache").daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    private void run() {
        while (work.await()) {
            work.turn();
        }
        work.end();
    }

    /** Writes what waits, for {@code longest}, and ends; returns when the file is closed. */
    void close(Duration longest) {
        work.close(longest);
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
