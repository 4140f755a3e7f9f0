package dev.altiplano.training.run;

import dev.altiplano.training.model.Batch;

/** An endless sequence of documents as tokens, whose place can be kept and found again. */
public interface TrainingData {

    /** Fills an empty batch. */
    void fill(Batch batch);

    /** The place in the sequence. */
    long[] state();

    /** Goes to a place that {@link #state()} gave. */
    void restore(long[] state);

    /** What the documents come from, for people. */
    String describe();
}
