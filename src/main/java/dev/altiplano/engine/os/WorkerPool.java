package dev.altiplano.engine.os;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The threads that compute: the caller and {@code threads - 1} workers meet at a barrier for each task.
 *
 * <p>Who waits (workers for the next task, the caller for the last worker) spins, and parks after {@value #PARK_AFTER_NS} ns, so
 * that others, and a worker that has no processor, get this one. It does not yield in between: on recent Linux (seen on 6.18)
 * who yields while others want the processor gives the rest of a time slice away, and steps that meet at a hundred barriers
 * beside a busy compiler crawl. A waiter says that it parks before it looks a last time, and who changes what it waits for
 * looks at that mark afterwards: no wake-up is lost and none is sent in vain.
 */
public final class WorkerPool implements AutoCloseable {

    /** A piece of work that every thread does its share of. */
    public interface Task {
        /** Does the share of {@code worker} of {@code workers}; worker 0 is the caller. */
        void run(int worker, int workers);
    }

    private static final long PARK_AFTER_NS = 100_000;
    private static final int SPINS_BETWEEN_CLOCKS = 16;
    /** Marks of different threads lie this many ints apart: two cache lines, since neighbours are fetched in pairs. */
    private static final int APART = 32;

    private final Thread[] workers;
    private final int threads;
    /** Number of the task each worker has finished last. */
    private final AtomicIntegerArray finished;
    /** 1 where the worker (or, at index 0, the caller) is parked or about to be. */
    private final AtomicIntegerArray parked;

    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile @Nullable Thread caller;
    private @Nullable Task task;
    private boolean running;
    private volatile int epoch;
    private volatile boolean closed;

    /** Starts {@code threads - 1} daemon threads. */
    public WorkerPool(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads = " + threads + ": must be at least 1");
        }
        this.threads = threads;
        finished = new AtomicIntegerArray((threads + 1) * APART);
        parked = new AtomicIntegerArray((threads + 1) * APART);
        workers = new Thread[threads - 1];
        for (int i = 0; i < workers.length; i++) {
            int worker = i + 1;
            workers[i] = Thread.ofPlatform()
                    .daemon()
                    .name("altiplano-worker-" + worker)
                    .unstarted(() -> work(worker));
        }
        for (Thread worker : workers) {
            worker.start();
        }
    }

    /** Number of threads, the caller included. */
    public int threads() {
        return threads;
    }

    /**
     * Runs {@code next} on all threads and returns when all have finished. Called by one thread at a time, never from inside a
     * task.
     *
     * @throws RuntimeException what a share threw, the caller's own first; an {@link Error} likewise
     */
    public void run(Task next) {
        if (closed || running) {
            throw new IllegalStateException(closed ? "the worker pool is closed" : "a task runs in this worker pool");
        }
        if (threads == 1) {
            next.run(0, 1);
            return;
        }
        running = true;
        task = next;
        caller = Thread.currentThread();
        int number = epoch + 1;
        epoch = number;
        for (int worker = 1; worker < threads; worker++) {
            if (parked.get(worker * APART) != 0) {
                LockSupport.unpark(workers[worker - 1]);
            }
        }
        Throwable thrown = null;
        try {
            next.run(0, threads);
        } catch (Throwable own) {
            thrown = own;
        }
        for (int worker = 1; worker < threads; worker++) {
            awaitWorker(worker, number);
        }
        running = false;
        if (thrown == null && failure.get() == null) {
            return;
        }
        Throwable other = failure.getAndSet(null);
        rethrow(thrown != null ? thrown : other);
    }

    private static void rethrow(@Nullable Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        if (thrown instanceof RuntimeException exception) {
            throw exception;
        }
        throw new IllegalStateException("a worker failed", thrown);
    }

    private void awaitWorker(int worker, int number) {
        int spins = 0;
        long start = 0;
        while (finished.getAcquire(worker * APART) != number) {
            if (++spins % SPINS_BETWEEN_CLOCKS != 0) {
                Thread.onSpinWait();
                continue;
            }
            long now = System.nanoTime();
            start = start == 0 ? now : start;
            if (now - start > PARK_AFTER_NS) {
                parked.set(0, 1);
                if (finished.get(worker * APART) != number) {
                    LockSupport.park(this);
                }
                parked.set(0, 0);
            }
        }
    }

    private void work(int worker) {
        int seen = 0;
        while (awaitTask(worker, seen)) {
            seen++;
            Task current = task;
            try {
                if (current != null) {
                    current.run(worker, threads);
                }
            } catch (Throwable thrown) {
                failure.compareAndSet(null, thrown);
            }
            finished.set(worker * APART, seen);
            if (parked.get(0) != 0) {
                LockSupport.unpark(caller);
            }
        }
    }

    /** Waits for the task after number {@code seen}; false when the pool is closed instead. */
    private boolean awaitTask(int worker, int seen) {
        int spins = 0;
        long start = 0;
        while (epoch == seen) {
            if (closed) {
                return false;
            }
            if (++spins % SPINS_BETWEEN_CLOCKS != 0) {
                Thread.onSpinWait();
                continue;
            }
            long now = System.nanoTime();
            start = start == 0 ? now : start;
            if (now - start > PARK_AFTER_NS) {
                parked.set(worker * APART, 1);
                if (epoch == seen && !closed) {
                    LockSupport.park(this);
                    Thread.interrupted();
                }
                parked.set(worker * APART, 0);
            }
        }
        return true;
    }

    /** Ends the workers and waits until they have ended. Called by the thread that runs tasks, or after it has ended. */
    @Override
    public void close() {
        closed = true;
        for (Thread worker : workers) {
            LockSupport.unpark(worker);
        }
        ThreadEnd.await(workers);
    }
}
