package dev.altiplano.engine.checkpoint.fetch;

import dev.altiplano.engine.checkpoint.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Brings a file of this machine, of a mounted share for example, into a folder: complete and checked under its name, or not at all. */
public final class FileCopy {

    private FileCopy() {}

    /** The files at {@code source}: itself, or those of the folder that do not begin with a dot. */
    public static List<Path> files(Path source) throws IOException {
        if (Files.isRegularFile(source)) {
            return List.of(source);
        }
        if (!Files.isDirectory(source)) {
            throw new FetchException(
                    source + (Files.exists(source) ? " is neither a file nor a folder" : " does not exist"));
        }
        try (var files = Files.list(source)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !file.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList();
        }
    }

    /**
     * Copies {@code source} to {@code target}, unless it is there already.
     *
     * @param sha256 the sum that it must have, in lower-case hex; null takes it as it is
     */
    public static Fetch.Result copy(Path source, Path target, @Nullable String sha256, Progress progress)
            throws IOException {
        long bytes = Files.size(source);
        if (Files.exists(target)) {
            if (Files.size(target) != bytes
                    || (sha256 != null && !Sha256.of(target).equals(sha256))) {
                throw new FetchException(
                        target + " exists and differs from " + source + ": remove it, or choose another name");
            }
            return Fetch.Result.PRESENT;
        }
        Path folder = target.toAbsolutePath().getParent();
        Path part = target.resolveSibling("." + target.getFileName() + ".part");
        if (folder != null) {
            Files.createDirectories(folder);
        }
        boolean complete = false;
        try {
            write(source, part, bytes, progress);
            if (sha256 != null) {
                String found = Sha256.of(part);
                if (!found.equals(sha256)) {
                    throw new FetchException(source + " has the SHA-256 " + found + ", not " + sha256);
                }
            }
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
            complete = true;
        } catch (AtomicMoveNotSupportedException e) {
            throw new FetchException(folder + " cannot rename a file in one step: use another file system");
        } finally {
            if (!complete) {
                Files.deleteIfExists(part);
            }
        }
        return Fetch.Result.FETCHED;
    }

    private static void write(Path source, Path part, long bytes, Progress progress) throws IOException {
        byte[] buffer = new byte[1 << 20];
        long done = 0;
        try (InputStream in = Files.newInputStream(source);
                OutputStream out = Files.newOutputStream(part)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                out.write(buffer, 0, n);
                done += n;
                progress.advanced(done, Math.max(bytes, done));
            }
        }
        if (done != bytes) {
            throw new FetchException(source + " changed while it was copied: try again");
        }
    }
}
