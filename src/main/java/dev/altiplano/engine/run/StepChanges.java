package dev.altiplano.engine.run;

import dev.altiplano.engine.ModelException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** Changes that other threads want and the engine thread makes, between two steps. */
final class StepChanges {

    private static final long LOOK_MS = 100;

    private final ConcurrentLinkedQueue<FutureTask<?>> wanted = new ConcurrentLinkedQueue<>();

    /** Makes all that have been wanted. On the engine thread. */
    void apply() {
        for (FutureTask<?> change = wanted.poll(); change != null; change = wanted.poll()) {
            change.run();
        }
    }

    /**
     * Returns when the engine thread has made {@code change}, which it does before its next step: an interrupt does not break this off,
     * for who wants a change has to know whether it was made.
     *
     * @param wake makes the engine thread look
     * @param ended whether it is there no more
     * @throws ModelException where it ended before
     */
    void make(Runnable change, Runnable wake, BooleanSupplier ended) {
        FutureTask<?> task = new FutureTask<>(change, true);
        wanted.add(task);
        wake.run();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    task.get(LOOK_MS, TimeUnit.MILLISECONDS);
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (TimeoutException e) {
                    if (ended.getAsBoolean() && task.cancel(false)) {
                        throw new ModelException("the service is stopping");
                    }
                } catch (ExecutionException e) {
                    throw new IllegalStateException("the change failed", e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
