package dev.altiplano.engine.model;

import java.lang.foreign.MemorySegment;
import java.util.List;

/** A transformer in memory: token rows go in, logits come out. Belongs to the engine thread. */
public interface Model {

    /**
     * Computes the rows of {@code batch}: their keys and values go to the KV memory, the logits of the scored ones are returned
     * as F32 [scored rows, vocabulary], valid until the next call and free to be changed; undefined
     * where {@link ForwardBatch#skipLogits} was called.
     *
     * @param afterLayer runs after each layer, so that a long pass can be told from one that is stuck
     */
    MemorySegment forward(ForwardBatch batch, Runnable afterLayer);

    /**
     * The hidden states after the last normalization of the rows that were scored in the last pass, as F32 [scored rows, hidden
     * size]; valid until the next pass.
     */
    MemorySegment hidden();

    /** What rows of the next passes may have, by their place in this list; between two passes. */
    void useAdapters(List<Adapter> adapters);

    /** The same as {@link #forward(ForwardBatch, Runnable)}, unwatched. */
    default MemorySegment forward(ForwardBatch batch) {
        return forward(batch, () -> {});
    }

    /** Bytes of scratch memory that it holds. */
    long scratchBytes();
}
