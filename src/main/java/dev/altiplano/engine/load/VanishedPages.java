package dev.altiplano.engine.load;

import dev.altiplano.engine.ModelException;
import java.nio.file.Path;

/**
 * What becomes of a read in a mapped file where the file has shrunk or its disk fails: the system stops the reader by a signal, which
 * Java turns into an {@link InternalError}.
 */
final class VanishedPages {

    private VanishedPages() {}

    /** What to throw for {@code error}: what the file's owner can do something about, or the error itself where it is another. */
    static RuntimeException of(Path model, InternalError error) {
        if (!String.valueOf(error.getMessage()).contains("unsafe memory access")) {
            throw error;
        }
        return new ModelException(
                model + ": a part of it that was there could not be read any more: a file has shrunk, or its disk or"
                        + " network fails",
                error);
    }
}
