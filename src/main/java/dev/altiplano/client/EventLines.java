package dev.altiplano.client;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The lines of a body as they come, for one reader that does not wait for ever. Asks for no more than it has room for. */
final class EventLines implements Flow.Subscriber<String>, AutoCloseable {

    private static final int AHEAD = 64;

    /** What a line is, or how the body ended. */
    private sealed interface Part {}

    private record Line(String text) implements Part {}

    private record End(@Nullable Throwable cause) implements Part {}

    private final BlockingQueue<Part> parts = new LinkedBlockingQueue<>();
    private volatile Flow.@Nullable Subscription subscription;

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        given.request(AHEAD);
    }

    @Override
    public void onNext(String line) {
        parts.add(new Line(line));
    }

    @Override
    public void onError(Throwable cause) {
        parts.add(new End(cause));
    }

    @Override
    public void onComplete() {
        parts.add(new End(null));
    }

    /**
     * The next line, null at the end of the body.
     *
     * @throws IOException where the connection broke, or nothing has come for {@code silence}
     */
    @Nullable
    String next(Duration silence) throws IOException, InterruptedException {
        Part part = parts.poll(silence.toMillis(), TimeUnit.MILLISECONDS);
        return switch (part) {
            case null -> throw new IOException("nothing has come for " + silence);
            case Line(String text) -> {
                Flow.Subscription from = subscription;
                if (from != null) {
                    from.request(1);
                }
                yield text;
            }
            case End(Throwable cause) -> {
                if (cause != null) {
                    throw new IOException("the connection broke", cause);
                }
                yield null;
            }
        };
    }

    @Override
    public void close() {
        Flow.Subscription from = subscription;
        if (from != null) {
            from.cancel();
        }
    }
}
