package dev.altiplano.tool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Says before hours of work whether a file can be written. */
final class OutputFile {

    private OutputFile() {}

    /** Throws {@link ToolException} if the folder of {@code file} does not exist or has less than {@code neededBytes} free. */
    static void check(Path file, long neededBytes) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new ToolException("the folder " + folder + " does not exist");
        }
        long free = Files.getFileStore(folder).getUsableSpace();
        if (free < neededBytes) {
            throw new ToolException(folder + " has " + ByteText.of(free) + " free, but " + file.getFileName()
                    + " needs " + ByteText.of(neededBytes));
        }
    }
}
