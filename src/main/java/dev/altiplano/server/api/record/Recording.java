package dev.altiplano.server.api.record;

import dev.altiplano.engine.StreamEvent;
import dev.altiplano.engine.Usage;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One request's line in the making. Used by the request's thread, and closed by it whatever becomes of the request. */
public final class Recording implements AutoCloseable {

    /** Of a request that is not recorded. */
    public static final Recording NONE = new Recording(null, null, 0);

    private final @Nullable RequestRecorder recorder;
    private final @Nullable RecordLine line;
    private final SortedMap<Integer, RecordedChoice> choices = new TreeMap<>();
    private long heldBytes;

    Recording(@Nullable RequestRecorder recorder, @Nullable RecordLine line, long heldBytes) {
        this.recorder = recorder;
        this.line = line;
        this.heldBytes = heldBytes;
    }

    /** Takes the next event; the last one makes the line. */
    void accept(StreamEvent event) {
        switch (event) {
            case StreamEvent.Text text -> choice(text.choice()).add(text.tokens());
            case StreamEvent.Embedded embedded -> choice(embedded.prompt()).add(embedded.vector());
            case StreamEvent.Finished finished -> choice(finished.choice()).finish(finished.reason());
            case StreamEvent.PromptScored scored -> {}
            case StreamEvent.Ended ended -> end("completed", ended.usage());
            case StreamEvent.Failed failed -> end(failed.outcome().name(), failed.usage());
        }
    }

    private RecordedChoice choice(int index) {
        return choices.computeIfAbsent(index, RecordedChoice::new);
    }

    private void end(String outcome, Usage usage) {
        if (recorder != null && line != null) {
            recorder.write(line.bytes(outcome, usage, choices.values()));
            close();
        }
    }

    @Override
    public void close() {
        if (recorder != null) {
            recorder.giveBack(heldBytes);
            heldBytes = 0;
        }
    }
}
