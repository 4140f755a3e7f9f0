package dev.altiplano.engine.speculate;

import dev.altiplano.engine.sample.LogitsProcessor;
import dev.altiplano.engine.sample.Sampler;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Chooses a sequence's drafted tokens as the sequence would choose them from the same logits: with its bias, penalties and mask, and by
 * the very draw that its token will be chosen by. So a draft model whose probabilities are close to the model's is right most of the
 * time at any temperature. What it tells the processors is taken back before anything is verified.
 */
final class DraftChooser {

    /** Nothing follows, or nothing can be chosen. */
    static final int NONE = -1;

    private final Continuation continuation;
    /** Tokens that the processors have been told. */
    private int told;

    DraftChooser(Continuation continuation) {
        this.continuation = continuation;
    }

    /**
     * The token at {@code position} of the sequence, or {@link #NONE}; logits are changed.
     *
     * @param logits F32 [rows, vocabulary]
     * @param offsetBytes where the row begins
     */
    int choose(Sampler sampler, MemorySegment logits, long offsetBytes, int position) {
        List<LogitsProcessor> processors = continuation.processors();
        try {
            for (int i = 0; i < processors.size(); i++) {
                processors.get(i).apply(logits, offsetBytes);
            }
        } catch (IllegalStateException e) {
            // A mask that leaves nothing: the request hears of it when the model comes to that place.
            return NONE;
        }
        return sampler.sample(logits, offsetBytes, continuation.sampling(), position - continuation.promptLength());
    }

    /** Goes on by a token that was chosen; false where nothing is to be chosen behind it. */
    boolean accept(int token) {
        if (continuation.ends().test(token)) {
            return false;
        }
        List<LogitsProcessor> processors = continuation.processors();
        int done = 0;
        try {
            while (done < processors.size()) {
                processors.get(done).accept(token);
                done++;
            }
        } catch (IllegalStateException e) {
            // A token outside the mask, which logits that are no numbers may give.
            while (done > 0) {
                processors.get(--done).rollBack(1);
            }
            return false;
        }
        told++;
        return true;
    }

    /** Takes back all that was accepted. */
    void rollBack() {
        if (told > 0) {
            for (LogitsProcessor processor : continuation.processors()) {
                processor.rollBack(told);
            }
            told = 0;
        }
    }
}
