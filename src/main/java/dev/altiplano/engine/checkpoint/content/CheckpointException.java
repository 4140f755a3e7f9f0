package dev.altiplano.engine.checkpoint.content;

import java.nio.file.Path;

/**
 * A model file that cannot be used. The message names the file, the place in it, what is wrong and, where it helps, what to do. Names
 * in a file are anybody's words: control characters in them are shown by their codes, so that they neither begin a line of a log nor
 * move a terminal's cursor.
 */
public final class CheckpointException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public CheckpointException(Path file, String problem) {
        super(file + ": " + printable(problem));
    }

    public CheckpointException(Path file, String problem, Throwable cause) {
        super(file + ": " + printable(problem), cause);
    }

    private static String printable(String problem) {
        if (problem.chars().noneMatch(Character::isISOControl)) {
            return problem;
        }
        StringBuilder shown = new StringBuilder();
        for (char c : problem.toCharArray()) {
            shown.append(Character.isISOControl(c) ? String.format("\\u%04X", (int) c) : c);
        }
        return shown.toString();
    }
}
