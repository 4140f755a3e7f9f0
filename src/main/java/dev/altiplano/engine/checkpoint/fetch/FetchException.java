package dev.altiplano.engine.checkpoint.fetch;

/** A file that could not be fetched; the message says which, why and what to change, and names no secret. */
public final class FetchException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public FetchException(String message) {
        super(message);
    }
}
