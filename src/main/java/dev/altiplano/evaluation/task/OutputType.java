package dev.altiplano.evaluation.task;

import java.util.Locale;

/** What a task asks of the model. */
public enum OutputType {
    /** How likely one continuation is. */
    LOGLIKELIHOOD,
    /** How likely a whole text is. */
    LOGLIKELIHOOD_ROLLING,
    /** Which of several continuations is most likely. */
    MULTIPLE_CHOICE,
    /** What the model writes. */
    GENERATE_UNTIL;

    /** The name in task files. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
