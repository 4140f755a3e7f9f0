package dev.altiplano.engine;

/** A model that cannot be served: its files, its size against the configured one, or the memory it needs. The message says what to change. */
public final class ModelException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public ModelException(String message) {
        super(message);
    }

    public ModelException(String message, Throwable cause) {
        super(message, cause);
    }
}
