package dev.altiplano.evaluation;

import org.jspecify.annotations.Nullable;

/** An evaluation that cannot go on. The message says what was wrong, where, and what to do. */
public final class EvaluationException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public EvaluationException(String message) {
        super(message);
    }

    public EvaluationException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
