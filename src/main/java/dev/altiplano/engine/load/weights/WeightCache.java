package dev.altiplano.engine.load.weights;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.function.LongConsumer;
import java.util.zip.CRC32C;

/**
 * A file with the packed weights of a model, which the next start reads instead of packing again.
 *
 * <p>It begins with a header: eight letters, the version, whether the model's own checksums had been compared, the key (32
 * bytes that stand for the model's files, for how they are held and for the layout), the number of bytes, a CRC-32C of each
 * chunk of 4 MiB, and one of the header itself. From the next multiple of 4096 on the weights follow as they lie in memory.
 * Whatever does not agree makes the file worthless: it is made again, and replaced in one step.
 *
 * <p>The file is read into memory, and every byte compared on the way: nothing that happens to it later reaches a running engine.
 * A new copy takes the old one's name and not its place, so that whoever is reading it goes on reading what was there.
 *
 * @param file where it is, or will be
 * @param key 32 bytes
 */
public record WeightCache(Path file, byte[] key) {

    static final int CHUNK_BYTES = 4 << 20;

    private static final long MAGIC = ByteBuffer.wrap(new byte[] {'A', 'L', 'T', 'I', 'P', 'A', 'C', 'K'})
            .order(ByteOrder.LITTLE_ENDIAN)
            .getLong();
    private static final int VERSION = 2;
    private static final int VERSION_AT = 8;
    private static final int VERIFIED_AT = 12;
    private static final int KEY_AT = 16;
    private static final int BYTES_AT = 48;
    private static final int SUMS_AT = 56;
    private static final int PAGE = 4096;
    private static final Duration ABANDONED = Duration.ofHours(1);

    /** What the file was found to be; its weights can be used after the first two alone. */
    public enum State {
        /** The weights are what was written. */
        READ,
        /** As {@link #READ}, and the model's own checksums had been compared when the copy was made. */
        READ_VERIFIED,
        /** There is no file. */
        ABSENT,
        /** It was made from other files, for another format or by another version. */
        STALE,
        /** It is not what was written. */
        DAMAGED
    }

    /**
     * Reads the weights by several threads and compares all sums.
     *
     * @param target as many bytes as all weights take; filled where the state is one of the first two, else not to be relied on
     * @param progress is given the bytes read since the last time, by the calling thread
     */
    public State read(MemorySegment target, int threads, LongConsumer progress) throws IOException {
        long bytes = target.byteSize();
        if (!Files.isRegularFile(file)) {
            return State.ABSENT;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer header = little(headerBytes(bytes));
            if (!fill(channel, header) || header.getLong(0) != MAGIC) {
                return State.DAMAGED;
            }
            byte[] written = new byte[key.length];
            header.get(KEY_AT, written);
            if (header.getInt(VERSION_AT) != VERSION
                    || !Arrays.equals(written, key)
                    || header.getLong(BYTES_AT) != bytes) {
                return State.STALE;
            }
            int end = header.capacity() - 4;
            if (header.getInt(end) != sum(header.slice(0, end)) || channel.size() != dataAt(bytes) + bytes) {
                return State.DAMAGED;
            }
            ByteBuffer sums = header.slice(SUMS_AT, end - SUMS_AT);
            if (!new WeightCacheReader(channel, dataAt(bytes), target, sums).read(threads, progress)) {
                return State.DAMAGED;
            }
            return header.getInt(VERIFIED_AT) == 1 ? State.READ_VERIFIED : State.READ;
        }
    }

    /**
     * Writes the copy beside its final place and then moves it there; after a failure nothing is left behind.
     *
     * @param verified whether the model's own checksums have been compared
     */
    public void write(MemorySegment memory, boolean verified) throws IOException {
        long bytes = memory.byteSize();
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IOException(file + " is not the name of a file");
        }
        Files.createDirectories(folder);
        removeAbandoned(folder);
        long free = Files.getFileStore(folder).getUsableSpace();
        if (free < dataAt(bytes) + bytes) {
            throw new IOException(folder + " has " + free + " bytes free, needed are " + (dataAt(bytes) + bytes));
        }
        Path part = Files.createTempFile(folder, "." + file.getFileName() + ".", ".part");
        try {
            try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
                writeAll(channel, memory, verified);
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private void writeAll(FileChannel channel, MemorySegment memory, boolean verified) throws IOException {
        long bytes = memory.byteSize();
        ByteBuffer header = little(headerBytes(bytes));
        header.putLong(MAGIC).putInt(VERSION).putInt(verified ? 1 : 0).put(key).putLong(bytes);
        long position = dataAt(bytes);
        for (long at = 0; at < bytes; at += CHUNK_BYTES) {
            ByteBuffer chunk =
                    memory.asSlice(at, Math.min(CHUNK_BYTES, bytes - at)).asByteBuffer();
            header.putInt(sum(chunk.duplicate()));
            while (chunk.hasRemaining()) {
                position += channel.write(chunk, position);
            }
        }
        header.putInt(sum(header.slice(0, header.position())));
        header.flip();
        for (long at = 0; header.hasRemaining(); ) {
            at += channel.write(header, at);
        }
        channel.force(true);
    }

    /** What a process that was killed has left; a living one changes its file all the time. */
    private void removeAbandoned(Path folder) throws IOException {
        Instant limit = Instant.now().minus(ABANDONED);
        try (DirectoryStream<Path> parts = Files.newDirectoryStream(
                folder,
                path -> String.valueOf(path.getFileName()).startsWith("." + file.getFileName() + ".")
                        && path.toString().endsWith(".part"))) {
            for (Path part : parts) {
                if (Files.getLastModifiedTime(part).toInstant().isBefore(limit)) {
                    Files.deleteIfExists(part);
                }
            }
        }
    }

    private static int headerBytes(long bytes) {
        return Math.toIntExact(SUMS_AT + 4 * Math.ceilDiv(bytes, CHUNK_BYTES) + 4);
    }

    private static long dataAt(long bytes) {
        return Math.ceilDiv((long) headerBytes(bytes), PAGE) * PAGE;
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static int sum(ByteBuffer bytes) {
        CRC32C sum = new CRC32C();
        sum.update(bytes);
        return (int) sum.getValue();
    }

    /** Fills the buffer from the file's beginning; false when the file ends before. */
    private static boolean fill(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, bytes.position()) < 0) {
                return false;
            }
        }
        return true;
    }
}
