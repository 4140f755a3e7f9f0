package dev.altiplano.server.security;

/** A file of keys that cannot be used. The message says in which line and why, and quotes nothing: it could be a key. */
final class KeyFileException extends Exception {

    private static final long serialVersionUID = 1;

    KeyFileException(String message) {
        super(message);
    }

    KeyFileException(int line, String message) {
        super("line " + line + ": " + message);
    }
}
