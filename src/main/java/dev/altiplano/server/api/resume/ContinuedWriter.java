package dev.altiplano.server.api.resume;

import dev.altiplano.engine.StreamEvent;
import dev.altiplano.server.api.error.ApiException;
import dev.altiplano.server.api.error.ErrorWriter;
import dev.altiplano.server.stream.EventStream;
import dev.altiplano.server.stream.ResponseWriter;
import java.io.IOException;

/**
 * Writes a stream that goes on, and ends it with an error where what was sent before turns out to be something else: with a status where
 * nothing has gone out yet, otherwise as the stream's last event.
 */
public final class ContinuedWriter implements ResponseWriter {

    private final ResponseWriter writer;
    private final EventStream events;
    private final Runnable cancel;
    private boolean over;

    /** @param cancel ends what is computed */
    public ContinuedWriter(ResponseWriter writer, EventStream events, Runnable cancel) {
        this.writer = writer;
        this.events = events;
        this.cancel = cancel;
    }

    @Override
    public void accept(StreamEvent event) throws IOException {
        write(() -> writer.accept(event));
    }

    /** Here text goes out that was held back, so here too it may turn out to be other text. */
    @Override
    public void idle() throws IOException {
        write(writer::idle);
    }

    private void write(Step step) throws IOException {
        if (over) {
            return;
        }
        try {
            step.run();
        } catch (ApiException e) {
            over = true;
            cancel.run();
            if (!events.started()) {
                throw e;
            }
            events.data(null, ErrorWriter.json(e));
            events.done();
        }
    }

    private interface Step {
        void run() throws IOException;
    }
}
