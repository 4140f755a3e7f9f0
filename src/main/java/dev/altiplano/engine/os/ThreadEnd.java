package dev.altiplano.engine.os;

/** Waits for threads that use memory which is freed afterwards: an interruption must not let it go earlier. */
public final class ThreadEnd {

    private ThreadEnd() {}

    /** Returns when all {@code threads} have ended; the caller's interruption comes back to it then. */
    public static void await(Thread... threads) {
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
