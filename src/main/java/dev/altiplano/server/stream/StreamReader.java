package dev.altiplano.server.stream;

import dev.altiplano.engine.Generation;
import dev.altiplano.engine.StreamEvent;
import dev.altiplano.engine.TokenStream;
import java.io.IOException;
import java.time.Duration;

/** Reads a generation to its end, and cancels it as soon as nobody is there to receive it. */
public final class StreamReader {

    private static final Duration LOOK = Duration.ofMillis(100);

    private StreamReader() {}

    /**
     * Hands every event to {@code writer}; returns after the last one, or once the generation has been cancelled.
     *
     * @return whether the client was there to the end
     */
    public static boolean read(Generation generation, ClientConnection client, ResponseWriter writer) {
        boolean done = false;
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
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            // Also when the writer throws: nobody would take what comes.
            if (!done) {
                generation.cancel();
            }
        }
    }
}
