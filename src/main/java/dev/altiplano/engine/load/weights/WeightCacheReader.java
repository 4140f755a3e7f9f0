package dev.altiplano.engine.load.weights;

import dev.altiplano.engine.os.ThreadEnd;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads the weights of a {@link WeightCache} into memory: threads take chunk after chunk and compare its sum on the way. What is in
 * memory needs the file no longer: it may change, shrink or go away.
 */
final class WeightCacheReader {

    /** Read and summed at once, small enough to be summed while it is in the processor's cache. */
    private static final int PIECE_BYTES = 256 << 10;

    private final FileChannel channel;
    private final long dataAt;
    private final MemorySegment target;
    private final ByteBuffer sums;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicLong done = new AtomicLong();
    private volatile boolean damaged;
    private volatile @Nullable IOException failure;

    /**
     * @param dataAt where the weights begin in the file
     * @param target receives all weights
     * @param sums CRC-32C of each chunk, little-endian
     */
    WeightCacheReader(FileChannel channel, long dataAt, MemorySegment target, ByteBuffer sums) {
        this.channel = channel;
        this.dataAt = dataAt;
        this.target = target;
        this.sums = sums.order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Reads everything; false when a chunk is not what was written.
     *
     * @param progress is given the bytes read since the last time, by the calling thread
     * @throws IOException when the file cannot be read
     */
    boolean read(int threads, LongConsumer progress) throws IOException {
        Thread[] others = new Thread[threads - 1];
        for (int i = 0; i < others.length; i++) {
            others[i] = Thread.ofPlatform().name("altiplano-load-" + (i + 1)).start(() -> share(bytes -> {}));
        }
        long told;
        try {
            told = share(progress);
        } catch (RuntimeException | Error e) {
            damaged = true;
            throw e;
        } finally {
            // They write to memory that the caller frees.
            ThreadEnd.await(others);
        }
        IOException failed = failure;
        if (failed != null) {
            throw failed;
        }
        progress.accept(done.get() - told);
        // A thread that has died has read nothing and found no damage.
        return !damaged && done.get() == target.byteSize();
    }

    /** Returns how many bytes {@code progress} was told of. */
    private long share(LongConsumer progress) {
        long told = 0;
        int chunks = sums.capacity() / 4;
        try {
            for (int i = next.getAndIncrement(); i < chunks && !damaged; i = next.getAndIncrement()) {
                long at = (long) i * WeightCache.CHUNK_BYTES;
                long bytes = Math.min(WeightCache.CHUNK_BYTES, target.byteSize() - at);
                if (!isWhole(at, bytes, sums.getInt(4 * i))) {
                    damaged = true;
                }
                long now = done.addAndGet(bytes);
                progress.accept(now - told);
                told = now;
            }
        } catch (IOException e) {
            failure = e;
            damaged = true;
        }
        return told;
    }

    /** Reads a chunk; whether it has its sum. */
    private boolean isWhole(long at, long bytes, int expected) throws IOException {
        CRC32C sum = new CRC32C();
        for (long from = at; from < at + bytes; from += PIECE_BYTES) {
            ByteBuffer piece = target.asSlice(from, Math.min(PIECE_BYTES, at + bytes - from))
                    .asByteBuffer();
            while (piece.hasRemaining()) {
                if (channel.read(piece, dataAt + from + piece.position()) < 0) {
                    return false;
                }
            }
            sum.update(piece.flip());
        }
        return (int) sum.getValue() == expected;
    }
}
