package dev.altiplano.engine.checkpoint.fetch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Which parts of a file are on the disk, kept beside them so that another process can go on. The data of a part is forced to
 * the disk before the part is noted, and the note replaces the old one in one step: a power cut costs parts, never truth.
 * Safe for use by several threads.
 */
final class FetchState {

    private static final String HEAD = "altiplano fetch 1";

    private final long totalBytes;
    private final long partBytes;
    private final String validator;
    private final BitSet done;

    private FetchState(long totalBytes, long partBytes, String validator, BitSet done) {
        this.totalBytes = totalBytes;
        this.partBytes = partBytes;
        this.validator = validator;
        this.done = done;
    }

    /** Nothing has come of a file of {@code totalBytes} in the version {@code validator}. */
    static FetchState empty(long totalBytes, long partBytes, String validator) {
        return new FetchState(totalBytes, partBytes, validator, new BitSet());
    }

    long totalBytes() {
        return totalBytes;
    }

    String validator() {
        return validator;
    }

    int parts() {
        return Math.toIntExact(Math.ceilDiv(totalBytes, partBytes));
    }

    long start(int part) {
        return part * partBytes;
    }

    long end(int part) {
        return Math.min(totalBytes, (part + 1) * partBytes);
    }

    synchronized boolean isDone(int part) {
        return done.get(part);
    }

    synchronized long doneBytes() {
        return done.stream().mapToLong(part -> end(part) - start(part)).sum();
    }

    /** Notes that part {@code part} of {@code data} is complete. */
    synchronized void finish(int part, FileChannel data, Path file) throws IOException {
        data.force(false);
        done.set(part);
        write(file);
    }

    /** Writes the note. */
    synchronized void write(Path file) throws IOException {
        String bits = HexFormat.of().formatHex(done.toByteArray());
        String text = String.join("\n", HEAD, Long.toString(totalBytes), Long.toString(partBytes), validator, bits, "");
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel channel = FileChannel.open(
                fresh, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Reads a note; null where there is none, or none that makes sense. */
    static @Nullable FetchState read(Path file) throws IOException {
        try {
            String[] lines = Files.readString(file).split("\n", -1);
            if (lines.length != 6 || !lines[0].equals(HEAD)) {
                return null;
            }
            long total = Long.parseLong(lines[1]);
            long part = Long.parseLong(lines[2]);
            BitSet done = BitSet.valueOf(HexFormat.of().parseHex(lines[4]));
            boolean sound = total > 0
                    && part > 0
                    && Math.ceilDiv(total, part) <= Integer.MAX_VALUE
                    && done.length() <= Math.ceilDiv(total, part);
            return sound ? new FetchState(total, part, lines[3], done) : null;
        } catch (NoSuchFileException | CharacterCodingException | IllegalArgumentException e) {
            return null;
        }
    }

    /** Whether its parts are parts of the file that {@code fresh} speaks of; a checksum at the end settles what no validator tells. */
    boolean continues(FetchState fresh, boolean checksum) {
        return totalBytes == fresh.totalBytes
                && validator.equals(fresh.validator)
                && (checksum || !validator.isEmpty());
    }
}
