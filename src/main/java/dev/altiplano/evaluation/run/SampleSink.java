package dev.altiplano.evaluation.run;

/** Takes what was asked and answered, when all answers are there: task by task, filter by filter, document by document. */
@FunctionalInterface
public interface SampleSink {

    /** Keeps nothing. */
    SampleSink NONE = sample -> {};

    void take(Sample sample);
}
