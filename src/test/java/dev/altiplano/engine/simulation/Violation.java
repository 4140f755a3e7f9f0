package dev.altiplano.engine.simulation;

/** Something that must never be, found in a simulated run. */
final class Violation extends RuntimeException {

    private static final long serialVersionUID = 1;

    Violation(String message) {
        super(message);
    }

    Violation(String message, Throwable cause) {
        super(message, cause);
    }

    static void unless(boolean holds, String message) {
        if (!holds) {
            throw new Violation(message);
        }
    }
}
