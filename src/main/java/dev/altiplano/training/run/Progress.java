package dev.altiplano.training.run;

/** Hears of a run. Called by the thread that trains. */
public interface Progress {

    /** A step was made. */
    void step(StepReport report);

    /** Something else that people want to know. */
    void note(String text);
}
