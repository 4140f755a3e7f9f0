package dev.altiplano.tool.console;

/** A command that cannot do what it was asked to; the message says why and what to change. */
public final class ToolException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public ToolException(String message) {
        super(message);
    }
}
