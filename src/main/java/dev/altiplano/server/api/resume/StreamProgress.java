package dev.altiplano.server.api.resume;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How far a stream is: all its choices, and the usage behind them. Used by the request's thread. */
public final class StreamProgress {

    private final AnswerOrigin origin;
    private final List<ChoiceProgress> choices = new ArrayList<>();
    private final boolean usageSent;
    private boolean usage;

    StreamProgress(AnswerOrigin origin, int count, List<ChoicePosition> sent, boolean usageSent) {
        this.origin = origin;
        this.usageSent = usageSent;
        for (int i = 0; i < count; i++) {
            choices.add(new ChoiceProgress(sent.isEmpty() ? ChoicePosition.NOTHING : sent.get(i)));
        }
    }

    /** Choice {@code index}. */
    public ChoiceProgress choice(int index) {
        return choices.get(index);
    }

    /** The usage comes; returns whether it is new. */
    public boolean usage() {
        usage = true;
        return !usageSent;
    }

    /** The id of the event with which all that has been taken is sent; null for a stream of so many choices that it has none. */
    public @Nullable String eventId() {
        if (choices.size() > EventId.MAX_CHOICES) {
            return null;
        }
        List<ChoicePosition> positions =
                choices.stream().map(ChoiceProgress::position).toList();
        return origin.event(positions, usage || usageSent).text();
    }
}
