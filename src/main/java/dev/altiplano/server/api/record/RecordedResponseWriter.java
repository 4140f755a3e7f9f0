package dev.altiplano.server.api.record;

import dev.altiplano.engine.StreamEvent;
import dev.altiplano.server.stream.ResponseWriter;
import java.io.IOException;
import java.util.List;

/**
 * A writer whose events are recorded on their way.
 *
 * @param scored whether the client asked for its tokens' scores; where it did not, the recording's are kept from it
 */
public record RecordedResponseWriter(ResponseWriter writer, Recording recording, boolean scored)
        implements ResponseWriter {

    @Override
    public void accept(StreamEvent event) throws IOException {
        recording.accept(event);
        if (!scored && event instanceof StreamEvent.Text(int choice, String text, List<?> tokens)) {
            if (!text.isEmpty()) {
                writer.accept(new StreamEvent.Text(choice, text, List.of()));
            }
            return;
        }
        writer.accept(event);
    }

    @Override
    public void idle() throws IOException {
        writer.idle();
    }
}
