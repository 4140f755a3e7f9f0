package dev.altiplano.engine.checkpoint.verify;

import dev.altiplano.engine.checkpoint.CheckedFile;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.content.WrongContent;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Finds what is known of the small files beside a model. */
public final class CheckedFiles {

    private CheckedFiles() {}

    /** A {@code tokenizer.model} with the sum that {@code tokenizer_checklist.chk} beside it states, if there is one. */
    public static CheckedFile tokenizer(Path tokenizer) {
        refuseForeign(tokenizer);
        Checklist checklist = Checklist.read(tokenizer.resolveSibling("tokenizer_checklist.chk"));
        String md5 = checklist.sums().get(String.valueOf(tokenizer.getFileName()));
        return new CheckedFile(
                tokenizer, size(tokenizer), false, md5, md5 == null ? null : checklist.file(), List.of());
    }

    /** A pointer or a page in the tokenizer's place would only be told from a damaged one. */
    private static void refuseForeign(Path tokenizer) {
        try (var in = Files.newInputStream(tokenizer)) {
            WrongContent.refuse(tokenizer, MemorySegment.ofArray(in.readNBytes(WrongContent.START_BYTES)));
        } catch (IOException e) {
            throw new CheckpointException(tokenizer, "cannot be read: " + e, e);
        }
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
