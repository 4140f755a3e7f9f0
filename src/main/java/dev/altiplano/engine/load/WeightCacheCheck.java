package dev.altiplano.engine.load;

import dev.altiplano.engine.os.ThreadEnd;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/** Whether the weights of a {@link WeightCache} are what was written: threads take chunk after chunk and compare its sum. */
public final class WeightCacheCheck {

    private final MemorySegment weights;
    private final ByteBuffer sums;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicLong done = new AtomicLong();
    private volatile boolean damaged;

    /**
     * @param sums CRC-32C of each chunk, little-endian
     */
    public WeightCacheCheck(MemorySegment weights, ByteBuffer sums) {
        this.weights = weights;
        this.sums = sums.order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Compares everything; false when a chunk is not what was written. */
    public boolean passes(int threads, LongConsumer progress) {
        Thread[] others = new Thread[threads - 1];
        for (int i = 0; i < others.length; i++) {
            others[i] = Thread.ofPlatform().name("altiplano-load-" + (i + 1)).start(() -> share(bytes -> {}));
        }
        long told = share(progress);
        ThreadEnd.await(others);
        progress.accept(done.get() - told);
        return !damaged;
    }

    /** Returns how many bytes {@code progress} was told of. */
    private long share(LongConsumer progress) {
        long told = 0;
        int chunks = sums.capacity() / 4;
        for (int i = next.getAndIncrement(); i < chunks && !damaged; i = next.getAndIncrement()) {
            long at = (long) i * WeightCache.CHUNK_BYTES;
            long bytes = Math.min(WeightCache.CHUNK_BYTES, weights.byteSize() - at);
            if (WeightCache.sum(weights.asSlice(at, bytes).asByteBuffer()) != sums.getInt(4 * i)) {
                damaged = true;
            }
            long now = done.addAndGet(bytes);
            progress.accept(now - told);
            told = now;
        }
        return told;
    }
}
