package dev.altiplano.engine.model;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** The weights of a {@link PackedCopy} on their way into memory: threads take chunk after chunk, read it and compare its sum. */
final class PackedCopyReading {

    private final FileChannel channel;
    private final long dataAt;
    private final MemorySegment memory;
    private final ByteBuffer sums;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicLong done = new AtomicLong();
    private final AtomicReference<@Nullable IOException> failure = new AtomicReference<>();
    private volatile boolean damaged;

    /**
     * @param dataAt where the weights begin in the file
     * @param sums CRC-32C of each chunk, little-endian
     */
    PackedCopyReading(FileChannel channel, long dataAt, MemorySegment memory, ByteBuffer sums) {
        this.channel = channel;
        this.dataAt = dataAt;
        this.memory = memory;
        this.sums = sums.order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Reads everything; false when a chunk is not what was written. */
    boolean read(int threads, LongConsumer progress) throws IOException {
        List<Thread> others = new ArrayList<>();
        for (int i = 1; i < threads; i++) {
            others.add(Thread.ofPlatform().name("altiplano-load-" + i).start(() -> share(bytes -> {})));
        }
        long told = share(progress);
        for (Thread other : others) {
            join(other);
        }
        progress.accept(done.get() - told);
        IOException failed = failure.get();
        if (failed != null) {
            throw failed;
        }
        return !damaged;
    }

    /** Waits for a thread that uses the memory; an interruption must not make the caller free it too early. */
    private static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns how many bytes {@code progress} was told of. */
    private long share(LongConsumer progress) {
        long told = 0;
        int chunks = sums.capacity() / 4;
        try {
            for (int i = next.getAndIncrement(); i < chunks && !damaged; i = next.getAndIncrement()) {
                long at = (long) i * PackedCopy.CHUNK_BYTES;
                long bytes = Math.min(PackedCopy.CHUNK_BYTES, memory.byteSize() - at);
                ByteBuffer chunk = memory.asSlice(at, bytes).asByteBuffer();
                if (!PackedCopy.fill(channel, chunk, dataAt + at)
                        || PackedCopy.sum(chunk.flip()) != sums.getInt(4 * i)) {
                    damaged = true;
                }
                long now = done.addAndGet(bytes);
                progress.accept(now - told);
                told = now;
            }
        } catch (IOException e) {
            failure.compareAndSet(null, e);
            damaged = true;
        }
        return told;
    }
}
