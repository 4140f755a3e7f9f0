package dev.altiplano.engine.checkpoint.verify;

import dev.altiplano.engine.checkpoint.CheckedFile;
import dev.altiplano.engine.checkpoint.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Finds what is known of the small files beside a model. */
public final class CheckedFiles {

    private CheckedFiles() {}

    /** A {@code tokenizer.model} with the sum that {@code tokenizer_checklist.chk} beside it states, if there is one. */
    public static CheckedFile tokenizer(Path tokenizer) {
        Checklist checklist = Checklist.read(tokenizer.resolveSibling("tokenizer_checklist.chk"));
        String md5 = checklist.sums().get(String.valueOf(tokenizer.getFileName()));
        return new CheckedFile(
                tokenizer, size(tokenizer), false, md5, md5 == null ? null : checklist.file(), List.of());
    }

    public static CheckedFile unchecked(Path file) {
        return new CheckedFile(file, size(file), false, null, null, List.of());
    }

    public static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new CheckpointException(file, "cannot be read: " + e, e);
        }
    }
}
