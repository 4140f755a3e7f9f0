package dev.altiplano.tool.train;

import dev.altiplano.tool.console.ToolException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A text file that is there as a whole or not at all. */
final class TextOutput {

    /** Writes the content. */
    @FunctionalInterface
    interface Content {
        void write(Writer writer) throws IOException;
    }

    private TextOutput() {}

    /** Throws {@link ToolException} if {@code file} exists, unless it is to be replaced. */
    static void checkFree(Path file, boolean force) {
        if (!force && Files.exists(file) && !isStream(file)) {
            throw new ToolException(file + " exists already; --force replaces it");
        }
    }

    /** Throws {@link ToolException} if {@code file} is {@code read}. */
    static void checkNotRead(Path file, @Nullable Path read) throws IOException {
        if (read != null && Files.exists(file) && Files.exists(read) && Files.isSameFile(file, read)) {
            throw new ToolException(file + " is what is to be read: write to another file");
        }
    }

    /** Writes beside {@code file} and then moves it there; after a failure nothing is left behind. */
    static void write(Path file, boolean force, Content content) throws IOException {
        checkFree(file, force);
        if (isStream(file)) {
            try (BufferedWriter writer = Files.newBufferedWriter(file)) {
                content.write(writer);
            }
            return;
        }
        // A link stays one, to the file that is replaced.
        Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
        Path part = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".part");
        // An interrupt from the keyboard leaves by the exit alone.
        part.toFile().deleteOnExit();
        try {
            try (BufferedWriter writer = Files.newBufferedWriter(part, StandardOpenOption.CREATE_NEW)) {
                content.write(writer);
            }
            checkFree(file, force);
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /** Whether this is a pipe or a device, as {@code /dev/stdout} is, which has nothing to lose. */
    private static boolean isStream(Path file) {
        return Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file);
    }
}
