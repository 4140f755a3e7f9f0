package dev.altiplano.engine.load;

import java.io.IOException;
import java.lang.foreign.Arena;
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
import org.jspecify.annotations.Nullable;

/**
 * A file with the packed weights of a model, which the next start reads instead of packing again.
 *
 * <p>It begins with a header: eight letters, the version, whether the model's own checksums had been compared, the key (32
 * bytes that stand for the model's files, for how they are held and for the layout), the number of bytes, a CRC-32C of each
 * chunk of 4 MiB, and one of the header itself. From the next multiple of 4096 on the weights follow as they lie in memory.
 * Whatever does not agree makes the file worthless: it is made anew, and replaced in one step.
 *
 * <p>The file is mapped, and every byte compared before it is used; {@link dev.altiplano.engine.os.HugePages} then makes
 * memory of it. A new copy takes the old one's name and not its place, so that who has it mapped keeps what was there.
 *
 * @param file where it is, or will be
 * @param key 32 bytes
 */
public record WeightCache(Path file, byte[] key) {

    public static final int CHUNK_BYTES = 4 << 20;

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
     * A file as it was found.
     *
     * @param weights as they lie in the file, which is mapped; null unless the state is one of the first two
     */
    public record Found(State state, @Nullable MemorySegment weights) {}

    /**
     * Maps the copy and compares all sums by several threads.
     *
     * @param bytes of all weights
     * @param arena owns the mapping
     * @param progress is given the bytes compared since the last time, by the calling thread
     */
    public Found map(long bytes, int threads, Arena arena, LongConsumer progress) throws IOException {
        if (!Files.isRegularFile(file)) {
            return new Found(State.ABSENT, null);
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer header = little(headerBytes(bytes));
            if (!fill(channel, header) || header.getLong(0) != MAGIC) {
                return new Found(State.DAMAGED, null);
            }
            byte[] written = new byte[key.length];
            header.get(KEY_AT, written);
            if (header.getInt(VERSION_AT) != VERSION
                    || !Arrays.equals(written, key)
                    || header.getLong(BYTES_AT) != bytes) {
                return new Found(State.STALE, null);
            }
            int end = header.capacity() - 4;
            if (header.getInt(end) != sum(header.slice(0, end)) || channel.size() != dataAt(bytes) + bytes) {
                return new Found(State.DAMAGED, null);
            }
            MemorySegment weights = channel.map(FileChannel.MapMode.READ_ONLY, dataAt(bytes), bytes, arena);
            if (!new WeightCacheCheck(weights, header.slice(SUMS_AT, end - SUMS_AT)).passes(threads, progress)) {
                return new Found(State.DAMAGED, null);
            }
            return new Found(header.getInt(VERIFIED_AT) == 1 ? State.READ_VERIFIED : State.READ, weights);
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

    public static int sum(ByteBuffer bytes) {
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
