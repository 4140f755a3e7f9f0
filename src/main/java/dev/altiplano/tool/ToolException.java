package dev.altiplano.tool;

/** A command that cannot do what it was asked to; the message says why and what to change. */
final class ToolException extends RuntimeException {

    private static final long serialVersionUID = 1;

    ToolException(String message) {
        super(message);
    }
}
