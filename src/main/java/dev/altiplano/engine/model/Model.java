package dev.altiplano.engine.model;

import java.lang.foreign.MemorySegment;

/** A transformer in memory: token rows go in, logits come out. Belongs to the engine thread. */
public interface Model {

    /**
     * Computes the rows of {@code batch}: their keys and values go to the KV memory, the logits of the scored ones are returned
     * as F32 [scored rows, vocabulary], valid until the next call and free to be changed.
     *
     * @param afterLayer runs after each layer, so that a long pass can be told from one that is stuck
     */
    MemorySegment forward(ForwardBatch batch, Runnable afterLayer);

    /** The same, unwatched. */
    default MemorySegment forward(ForwardBatch batch) {
        return forward(batch, () -> {});
    }

    /** Bytes of scratch memory that it holds. */
    long scratchBytes();
}
