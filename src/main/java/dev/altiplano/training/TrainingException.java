package dev.altiplano.training;

/** A run that cannot begin or go on. The message says what is wrong, where, and what to do. */
public final class TrainingException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public TrainingException(String message) {
        super(message);
    }

    public TrainingException(String message, Throwable cause) {
        super(message, cause);
    }
}
