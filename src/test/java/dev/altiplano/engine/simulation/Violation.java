package dev.altiplano.engine.simulation;

import java.util.function.Supplier;

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

    /** The same with a message that is made where it is needed: most of these are asked after every step. */
    static void unless(boolean holds, Supplier<String> message) {
        if (!holds) {
            throw new Violation(message.get());
        }
    }
}
