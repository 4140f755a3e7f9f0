package dev.altiplano.engine.checkpoint.fetch;

import dev.altiplano.engine.checkpoint.Progress;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/**
 * Brings one file from a server to the disk: by ranges, several at a time; cut connections are taken up where they broke, and
 * so is a whole fetch by the next process. The file appears under its name complete and checked, or not at all.
 */
public final class Fetch {

    /** What came of it. */
    public enum Result {
        FETCHED,
        PRESENT
    }

    private static final int MAX_VERSIONS = 3;

    private final FetchRequest request;
    private final FetchSource source;
    private final Progress progress;

    Fetch(FetchRequest request, Progress progress) {
        this(request, FetchNetwork.of(Map.of()), progress);
    }

    public Fetch(FetchRequest request, FetchNetwork network, Progress progress) {
        this.request = request;
        this.source = new FetchSource(request, network);
        this.progress = progress;
    }

    /**
     * Fetches, unless the file is there already.
     *
     * @throws FetchException with what to change; nothing is left under the file's name
     */
    public Result run() throws IOException, InterruptedException {
        Files.createDirectories(request.folder());
        try (FileChannel channel =
                        FileChannel.open(request.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = lock(channel, request.target())) {
            if (!lock.isValid()) {
                throw new FetchException(request.lock() + " cannot be locked");
            }
            if (Files.exists(request.target())) {
                checkPresent();
                Files.deleteIfExists(request.lock());
                return Result.PRESENT;
            }
            transfer();
            checkSum(request.part(), true);
            publish(request.part(), request.target());
            Files.deleteIfExists(request.state());
            // Whoever waits for the lock finds the file, so the lock is no longer needed.
            Files.deleteIfExists(request.lock());
            return Result.FETCHED;
        }
    }

    /** Held while a file is on its way to {@code target}, by whichever command. */
    static FileLock lock(FileChannel channel, Path target) throws IOException {
        try {
            return channel.lock();
        } catch (OverlappingFileLockException e) {
            throw new FetchException(target + " is being fetched by this process already");
        }
    }

    private void transfer() throws IOException, InterruptedException {
        for (int version = 1; ; version++) {
            try {
                new FetchTransfer(request, source, progress).run();
                return;
            } catch (FetchTransfer.ChangedException e) {
                deleteParts();
                if (version == MAX_VERSIONS) {
                    throw new FetchException(FetchRequest.shown(request.source())
                            + " changes while it is fetched: try again when it has come to rest");
                }
            }
        }
    }

    private void checkPresent() throws IOException, InterruptedException {
        if (request.sha256() != null) {
            checkSum(request.target(), false);
            return;
        }
        long size = Files.size(request.target());
        long wanted = new FetchTransfer(request, source, progress).totalBytes();
        if (size != wanted) {
            throw new FetchException(request.target() + " exists and has " + size + " bytes, the server's has " + wanted
                    + ": remove it, or choose another name");
        }
    }

    private void checkSum(Path file, boolean fetched) throws IOException {
        String wanted = request.sha256();
        if (wanted == null) {
            return;
        }
        String found = Sha256.of(file);
        if (found.equals(wanted)) {
            return;
        }
        if (fetched) {
            deleteParts();
            throw new FetchException(FetchRequest.shown(request.source()) + " has the SHA-256 " + found + ", not "
                    + wanted + ": what came was deleted; check the address and the sum");
        }
        throw new FetchException(
                file + " exists with the SHA-256 " + found + ", not " + wanted + ": remove it, or choose another name");
    }

    /** Gives what is complete its name, so that it has it after a power cut only with all its bytes. */
    static void publish(Path part, Path target) throws IOException {
        try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Path folder = target.toAbsolutePath().getParent();
        try {
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            throw new FetchException(folder + " cannot rename a file in one step: use another file system");
        }
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Not every platform can force a folder; the rename itself has happened.
            return;
        }
    }

    private void deleteParts() throws IOException {
        Files.deleteIfExists(request.part());
        Files.deleteIfExists(request.state());
    }
}
