package dev.altiplano.engine.request;

import dev.altiplano.engine.StreamEvent;
import dev.altiplano.engine.TokenScore;
import dev.altiplano.engine.TokenStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The channel from the engine thread to the one thread that reads a request's events. Where the reader lags, further text of a choice
 * joins what waits of it, so that memory is bounded by the response itself and no event is lost.
 */
final class EventChannel implements TokenStream {

    private final int capacity;
    private final ArrayDeque<Entry> entries = new ArrayDeque<>();
    /** The last text of each choice that waits. */
    private final Map<Integer, TextEntry> lastTexts = new HashMap<>();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();

    /** @param capacity events that wait before texts are joined */
    EventChannel(int capacity) {
        this.capacity = capacity;
    }

    /** What waits to be read. */
    private sealed interface Entry {}

    private record PlainEntry(StreamEvent event) implements Entry {}

    private static final class TextEntry implements Entry {

        final int choice;
        final StringBuilder text;
        final List<TokenScore> tokens;

        TextEntry(StreamEvent.Text event) {
            choice = event.choice();
            text = new StringBuilder(event.text());
            tokens = new ArrayList<>(event.tokens());
        }

        void join(StreamEvent.Text event) {
            text.append(event.text());
            tokens.addAll(event.tokens());
        }
    }

    /** Adds events without waiting; a reader sees either none or all of them. */
    void offer(StreamEvent... events) {
        lock.lock();
        try {
            for (StreamEvent event : events) {
                add(event);
            }
            arrived.signal();
        } finally {
            lock.unlock();
        }
    }

    private void add(StreamEvent event) {
        if (!(event instanceof StreamEvent.Text text)) {
            entries.addLast(new PlainEntry(event));
            return;
        }
        TextEntry last = entries.size() < capacity ? null : lastTexts.get(text.choice());
        if (last == null) {
            last = new TextEntry(text);
            entries.addLast(last);
            lastTexts.put(text.choice(), last);
        } else {
            last.join(text);
        }
    }

    @Override
    public @Nullable StreamEvent next(Duration wait) throws InterruptedException {
        long nanos = wait.toNanos();
        lock.lockInterruptibly();
        try {
            while (entries.isEmpty()) {
                if (nanos <= 0) {
                    return null;
                }
                nanos = arrived.awaitNanos(nanos);
            }
            return switch (entries.removeFirst()) {
                case PlainEntry(StreamEvent event) -> event;
                case TextEntry text -> {
                    lastTexts.remove(text.choice, text);
                    yield new StreamEvent.Text(text.choice, text.text.toString(), List.copyOf(text.tokens));
                }
            };
        } finally {
            lock.unlock();
        }
    }
}
