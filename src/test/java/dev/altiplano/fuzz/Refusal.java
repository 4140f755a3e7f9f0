package dev.altiplano.fuzz;

/** What a refusal has to be: words of a length that somebody reads, and in those about files nothing that breaks a line of a log. */
final class Refusal {

    private static final int MAX_CHARACTERS = 4096;

    private Refusal() {}

    /** Throws where {@code refused} says nothing, or too much. */
    static void check(RuntimeException refused) {
        String message = refused.getMessage();
        if (message == null || message.isBlank()) {
            throw new AssertionError("a refusal without words", refused);
        }
        if (message.length() > MAX_CHARACTERS) {
            throw new AssertionError("a refusal of " + message.length() + " characters", refused);
        }
    }

    /** The same for what is written to the log as it is: it must fit into a line. */
    static void checkLine(RuntimeException refused) {
        check(refused);
        if (refused.getMessage().chars().anyMatch(Character::isISOControl)) {
            throw new AssertionError("a refusal with control characters", refused);
        }
    }
}
