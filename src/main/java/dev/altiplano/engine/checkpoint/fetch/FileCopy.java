package dev.altiplano.engine.checkpoint.fetch;

import dev.altiplano.engine.checkpoint.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
        List<Path> found;
        try (var files = Files.list(source)) {
            found = files.filter(Files::isRegularFile)
                    .filter(file -> !file.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList();
        }
        if (found.isEmpty()) {
            throw new FetchException(source + " has no files: name the folder in which the model's files lie");
        }
        return found;
    }

    /**
     * Copies {@code source} to {@code target}, unless it is there already.
     *
     * @param sha256 the sum that it must have, in lower-case hex; null takes it as it is
     */
    public static Fetch.Result copy(Path source, Path target, @Nullable String sha256, Progress progress)
            throws IOException {
        // A folder that may only be read needs no lock.
        if (isPresent(source, target, sha256)) {
            return Fetch.Result.PRESENT;
        }
        Path folder = target.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Path lockFile = target.resolveSibling("." + target.getFileName() + ".lock");
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = Fetch.lock(channel, target)) {
            if (!lock.isValid()) {
                throw new FetchException(lockFile + " cannot be locked");
            }
            boolean present = isPresent(source, target, sha256);
            if (!present) {
                write(source, target, sha256, progress);
            }
            // Whoever waits for the lock finds the file, so the lock is no longer needed.
            Files.deleteIfExists(lockFile);
            return present ? Fetch.Result.PRESENT : Fetch.Result.FETCHED;
        }
    }

    private static boolean isPresent(Path source, Path target, @Nullable String sha256) throws IOException {
        if (!Files.exists(target)) {
            return false;
        }
        if (Files.size(target) != Files.size(source)
                || (sha256 != null && !Sha256.of(target).equals(sha256))) {
            throw new FetchException(
                    target + " exists and differs from " + source + ": remove it, or choose another name");
        }
        return true;
    }

    private static void write(Path source, Path target, @Nullable String sha256, Progress progress) throws IOException {
        Path part = target.resolveSibling("." + target.getFileName() + ".part");
        // What a fetch noted of its own part is not true of ours.
        Files.deleteIfExists(target.resolveSibling("." + target.getFileName() + ".part.state"));
        boolean complete = false;
        try {
            write(source, part, progress);
            if (sha256 != null) {
                String found = Sha256.of(part);
                if (!found.equals(sha256)) {
                    throw new FetchException(source + " has the SHA-256 " + found + ", not " + sha256);
                }
            }
            Fetch.publish(part, target);
            complete = true;
        } finally {
            if (!complete) {
                Files.deleteIfExists(part);
            }
        }
    }

    private static void write(Path source, Path part, Progress progress) throws IOException {
        long bytes = Files.size(source);
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
