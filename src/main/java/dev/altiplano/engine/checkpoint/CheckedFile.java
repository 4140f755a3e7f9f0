package dev.altiplano.engine.checkpoint;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file of a checkpoint and what is known of its contents before reading them.
 *
 * @param bytes its size when it was opened
 * @param weights whether tensors are in it
 * @param md5 the sum that {@code checklist} states in lower-case hexadecimal, or null
 * @param checklist the file that states it, or null
 * @param parts CRC-32 sums that the file carries inside
 */
public record CheckedFile(
        Path file,
        long bytes,
        boolean weights,
        @Nullable String md5,
        @Nullable Path checklist,
        List<PartSum> parts) {

    /** The CRC-32 that a file states for {@code bytes} bytes of itself from {@code offset}. */
    public record PartSum(String name, long offset, long bytes, int crc32) {}
}
