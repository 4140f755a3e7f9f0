package dev.altiplano.evaluation.run;

/** Hears how far a run has come; called from any thread. */
@FunctionalInterface
public interface EvaluationProgress {

    /** Tells nobody. */
    EvaluationProgress NONE = (done, all) -> {};

    /** {@code done} of {@code all} requests have their answers. */
    void advanced(long done, long all);
}
