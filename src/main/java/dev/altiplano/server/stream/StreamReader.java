package dev.altiplano.server.stream;

import dev.altiplano.engine.Generation;
import dev.altiplano.engine.StreamEvent;
import dev.altiplano.engine.TokenStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;

/** Reads a generation to its end, and cancels it as soon as nobody is there to receive it. */
public final class StreamReader {

    private static final Duration LOOK = Duration.ofMillis(100);

    private static final String LEFT = "the client left";
    private static final String TOOK_NOTHING =
            "the client took nothing for as long as altiplano.api.write-timeout allows";

    private StreamReader() {}

    /**
     * Hands every event to {@code writer}; returns after the last one, or once the generation has been cancelled.
     *
     * @return whether the client was there to the end
     */
    public static boolean read(Generation generation, ClientConnection client, ResponseWriter writer) {
        boolean done = false;
        String why = LEFT;
        try {
            TokenStream stream = generation.stream();
            long looked = System.nanoTime();
            while (true) {
                StreamEvent event = stream.next(Duration.ZERO);
                if (event == null) {
                    writer.idle();
                    event = stream.next(LOOK);
                }
                if (event != null) {
                    writer.accept(event);
                    if (event instanceof StreamEvent.Ended || event instanceof StreamEvent.Failed) {
                        done = true;
                        return true;
                    }
                }
                long now = System.nanoTime();
                if (now - looked >= LOOK.toNanos()) {
                    looked = now;
                    if (client.left()) {
                        return false;
                    }
                }
            }
        } catch (IOException e) {
            why = isTimeout(e) ? TOOK_NOTHING : LEFT;
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            // Also when the writer throws: nobody would take what comes.
            if (!done) {
                generation.cancel(why);
            }
        }
    }

    /** Whether the client is there and takes nothing. */
    private static boolean isTimeout(IOException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketTimeoutException) {
                return true;
            }
        }
        return false;
    }
}
