package dev.altiplano.engine.checkpoint.content;

import java.nio.file.Path;

/** A model file that cannot be used. The message names the file, the place in it, what is wrong and, where it helps, what to do. */
public final class CheckpointException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public CheckpointException(Path file, String problem) {
        super(file + ": " + problem);
    }

    public CheckpointException(Path file, String problem, Throwable cause) {
        super(file + ": " + problem, cause);
    }
}
