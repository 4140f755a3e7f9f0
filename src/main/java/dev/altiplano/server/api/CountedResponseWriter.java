package dev.altiplano.server.api;

import dev.altiplano.engine.Outcome;
import dev.altiplano.engine.StreamEvent;
import dev.altiplano.server.api.resume.IdempotencyKeys.NamedRequest;
import dev.altiplano.server.ops.RequestObserver;
import dev.altiplano.server.security.Admission;
import dev.altiplano.server.stream.ResponseWriter;
import java.io.IOException;

/** Counts a request as over before its client sees the end: who may have one at a time may ask again at once. */
record CountedResponseWriter(ResponseWriter writer, Admission admission, NamedRequest named, Runnable timedOut)
        implements ResponseWriter {

    @Override
    public void accept(StreamEvent event) throws IOException {
        switch (event) {
            case StreamEvent.Ended ended -> {
                admission.end(RequestObserver.tokens(ended.usage()));
                named.close();
            }
            // What a failed request used, the engine tells when it tells of its end.
            case StreamEvent.Failed failed -> {
                admission.leave();
                named.close();
                if (failed.outcome() == Outcome.TIMEOUT) {
                    timedOut.run();
                }
            }
            case StreamEvent.PromptScored scored -> {}
            case StreamEvent.Embedded embedded -> {}
            case StreamEvent.Text text -> {}
            case StreamEvent.Finished finished -> {}
        }
        writer.accept(event);
    }

    @Override
    public void idle() throws IOException {
        writer.idle();
    }
}
