package dev.altiplano.engine.load.weights;

import dev.altiplano.engine.checkpoint.CheckedFile;
import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sizes and times of a model's files when loading began. A mapping shows what a file holds at each moment: what was read of one that
 * somebody changed meanwhile belongs to no model.
 */
public final class FileStamps {

    /** What tells one state of a file from another; its key tells it from one that has taken its name. */
    private record Stamp(
            long bytes, FileTime changed, @Nullable Object key) {

        static Stamp of(Path file) {
            try {
                BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
                return new Stamp(now.size(), now.lastModifiedTime(), now.fileKey());
            } catch (IOException e) {
                throw new CheckpointException(file, "cannot be read any more: " + e, e);
            }
        }
    }

    private final Map<Path, Stamp> stamps = new LinkedHashMap<>();

    /** The files of {@code checkpoint} as they are now. */
    public static FileStamps of(Checkpoint checkpoint) {
        FileStamps now = new FileStamps();
        for (CheckedFile file : checkpoint.files()) {
            Stamp stamp = Stamp.of(file.file());
            if (stamp.bytes != file.bytes()) {
                throw changed(file.file());
            }
            now.stamps.put(file.file(), stamp);
        }
        return now;
    }

    /** Throws {@link CheckpointException} where one is no longer what it was; one whose name has gone is still there for who has it open. */
    public void requireUnchanged() {
        stamps.forEach((file, stamp) -> {
            if (Files.exists(file) && !Stamp.of(file).equals(stamp)) {
                throw changed(file);
            }
        });
    }

    private static CheckpointException changed(Path file) {
        return new CheckpointException(
                file,
                "was changed while it was being read: start again when it is complete, and replace models by renaming");
    }
}
