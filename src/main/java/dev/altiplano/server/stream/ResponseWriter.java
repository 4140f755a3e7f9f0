package dev.altiplano.server.stream;

import dev.altiplano.engine.StreamEvent;
import java.io.IOException;

/** Takes the events of one stream; called by the request's thread. An {@link IOException} means that the client cannot be reached. */
public interface ResponseWriter {

    /** The next event. */
    void accept(StreamEvent event) throws IOException;

    /** No event is there at the moment: what was held back goes out now. */
    default void idle() throws IOException {}
}
