package dev.altiplano.engine.speculate;

import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The drafts of what follows one sequence: from the first source that has any. Belongs to the engine thread. */
public final class SequenceDrafts {

    /** A source, and the books of all of its kind. */
    record Booked(DraftSource source, DraftTally tally) {}

    private final List<Booked> sources;
    private final LongSupplier nanoTime;
    private @Nullable Booked latest;

    /** @param sources the cheapest first */
    SequenceDrafts(List<Booked> sources, LongSupplier nanoTime) {
        this.sources = sources;
        this.nanoTime = nanoTime;
    }

    /**
     * Promises a draft, which stands behind the sequence after {@link Speculation#make}.
     *
     * @param tokens the first {@code length} are the sequence; there is room for {@code max} more
     * @param rows rows that the step has without them
     * @param decoding sequences that get a token from those rows
     * @return how many
     */
    public int draft(int[] tokens, int length, int max, int rows, int decoding) {
        long begin = nanoTime.getAsLong();
        for (int i = 0; i < sources.size(); i++) {
            Booked each = sources.get(i);
            int drafted = each.source.draft(tokens, length, max, rows, decoding);
            long now = nanoTime.getAsLong();
            each.tally.took(now - begin);
            begin = now;
            if (drafted > 0) {
                latest = each;
                return drafted;
            }
        }
        return 0;
    }

    /** The first {@code accepted} of {@code drafted} tokens were right, and the next was not where there is one. */
    public void verified(int drafted, int accepted) {
        if (drafted > 0 && latest != null) {
            latest.tally.verified(drafted, accepted);
            latest.source.verified(drafted, accepted);
        }
    }

    /** The sequence has ended within a draft: what came behind the first {@code accepted} tokens is not known to be wrong. */
    public void ended(int drafted, int accepted) {
        if (drafted > 0 && latest != null) {
            latest.tally.verified(drafted, accepted);
        }
    }

    /** The sequence gives its memory back. */
    public void release() {
        for (int i = 0; i < sources.size(); i++) {
            sources.get(i).source.release();
        }
    }
}
