package dev.altiplano.engine.kernel;

import org.jspecify.annotations.Nullable;

/**
 * The threads that compute: the caller and {@code threads - 1} workers meet at a barrier for each task. Workers spin shortly
 * for the next task, then park, so that an idle service leaves the processor alone.
 */
public final class WorkerPool implements AutoCloseable {

    /** A piece of work that every thread does its share of. */
    public interface Task {
        /** Does the share of {@code worker} of {@code workers}; worker 0 is the caller. */
        void run(int worker, int workers);
    }

    private static final int SPINS = 20_000;

    private final Thread[] workers;
    private final int threads;
    private volatile int epoch;
    private volatile @Nullable Task task;
    private volatile boolean closed;
    private final java.util.concurrent.atomic.AtomicInteger pending = new java.util.concurrent.atomic.AtomicInteger();
    private final java.util.concurrent.atomic.AtomicReference<@Nullable Throwable> failure =
            new java.util.concurrent.atomic.AtomicReference<>();

    /** Starts {@code threads - 1} daemon threads. */
    public WorkerPool(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads = " + threads + ": must be at least 1");
        }
        this.threads = threads;
        workers = new Thread[threads - 1];
        for (int i = 0; i < workers.length; i++) {
            int worker = i + 1;
            workers[i] = Thread.ofPlatform()
                    .daemon()
                    .name("altiplano-worker-" + worker)
                    .start(() -> work(worker));
        }
    }

    /** Number of threads, the caller included. */
    public int threads() {
        return threads;
    }

    /** Runs {@code next} on all threads and returns when all have finished; throws what a share threw. Called by one thread at a time. */
    public void run(Task next) {
        if (threads == 1) {
            next.run(0, 1);
            return;
        }
        pending.set(threads - 1);
        task = next;
        epoch = epoch + 1;
        for (Thread worker : workers) {
            java.util.concurrent.locks.LockSupport.unpark(worker);
        }
        try {
            next.run(0, threads);
        } finally {
            while (pending.get() != 0) {
                Thread.onSpinWait();
            }
        }
        Throwable thrown = failure.getAndSet(null);
        if (thrown != null) {
            throw new IllegalStateException("a worker failed", thrown);
        }
    }

    private void work(int worker) {
        int seen = 0;
        while (true) {
            int spins = 0;
            while (epoch == seen) {
                if (closed) {
                    return;
                }
                if (spins++ < SPINS) {
                    Thread.onSpinWait();
                } else {
                    java.util.concurrent.locks.LockSupport.park(this);
                }
            }
            seen++;
            Task current = task;
            try {
                if (current != null) {
                    current.run(worker, threads);
                }
            } catch (Throwable thrown) {
                failure.compareAndSet(null, thrown);
            }
            pending.decrementAndGet();
        }
    }

    @Override
    public void close() {
        closed = true;
        for (Thread worker : workers) {
            java.util.concurrent.locks.LockSupport.unpark(worker);
        }
    }
}
