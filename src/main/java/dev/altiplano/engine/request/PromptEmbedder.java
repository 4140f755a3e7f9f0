package dev.altiplano.engine.request;

import dev.altiplano.engine.FinishReason;
import java.lang.foreign.MemorySegment;

/** Reads hidden states for sequences that want those of their prompt instead of text. Belongs to the engine thread. */
public final class PromptEmbedder {

    private final int hiddenSize;
    private final ActiveRequests requests;

    public PromptEmbedder(int hiddenSize, ActiveRequests requests) {
        this.hiddenSize = hiddenSize;
        this.requests = requests;
    }

    /**
     * Takes the rows of {@code sequence} that a step has computed, and finishes it with its vector at the end of the prompt.
     *
     * @param hidden F32 [scored rows, hidden size]
     * @param firstRow the first of its rows there, which end with its last computed token
     * @param planned how many tokens of it the step has computed
     */
    public void read(MemorySegment hidden, int firstRow, GenerationSequence sequence, int planned) {
        int end = sequence.computed();
        int first = sequence.scoresPrompt() ? end - planned : end - 1;
        for (int position = first; position < end; position++) {
            sequence.pool(hidden, firstRow + position - first, hiddenSize, position);
        }
        if (end >= sequence.length()) {
            sequence.emitVector();
            requests.finish(sequence, FinishReason.STOP);
        }
    }
}
