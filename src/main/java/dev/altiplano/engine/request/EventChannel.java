package dev.altiplano.engine.request;

import dev.altiplano.engine.StreamEvent;
import dev.altiplano.engine.TokenStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The bounded channel from the engine thread to the one thread that reads a request's events. */
final class EventChannel implements TokenStream {

    private final int capacity;
    private final ArrayDeque<StreamEvent> events = new ArrayDeque<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();

    EventChannel(int capacity) {
        this.capacity = capacity;
    }

    /** Adds an event without waiting; false when the reader is too far behind. The last event always fits. */
    boolean offer(StreamEvent event) {
        lock.lock();
        try {
            boolean last = event instanceof StreamEvent.Ended || event instanceof StreamEvent.Failed;
            if (events.size() >= capacity && !last) {
                return false;
            }
            events.addLast(event);
            arrived.signal();
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public @Nullable StreamEvent next(Duration wait) throws InterruptedException {
        long nanos = wait.toNanos();
        lock.lockInterruptibly();
        try {
            while (events.isEmpty()) {
                if (nanos <= 0) {
                    return null;
                }
                nanos = arrived.awaitNanos(nanos);
            }
            return events.pollFirst();
        } finally {
            lock.unlock();
        }
    }
}
