package dev.altiplano.engine.checkpoint;

import dev.altiplano.engine.checkpoint.CheckedFile.PartSum;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.content.WrongContent;
import dev.altiplano.engine.checkpoint.tensor.StoredTensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/**
 * One opened file of a checkpoint.
 *
 * @param tensors what it holds under its own names, in its own order
 * @param sums checksums that the file carries for parts of itself
 */
public record TensorFile(Path file, long bytes, Map<String, StoredTensor> tensors, List<PartSum> sums) {

    /** Maps a whole regular file for reading; costs address space alone. */
    public static MemorySegment map(Path file, Arena arena) {
        if (!Files.isRegularFile(file)) {
            throw new CheckpointException(file, Files.exists(file) ? "is not a regular file" : "is missing");
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            if (channel.size() == 0) {
                throw new CheckpointException(file, "is empty");
            }
            MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            WrongContent.refuse(file, bytes);
            return bytes;
        } catch (IOException e) {
            throw new CheckpointException(file, "cannot be read: " + e, e);
        }
    }
}
