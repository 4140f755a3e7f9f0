package dev.altiplano.engine.cache.tier;

import dev.altiplano.engine.cache.PrefixHash;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;

/**
 * The thread that reads and writes the file, and what waits for it. Blocks that are wanted come before blocks that are to be kept, and
 * loads take turns block by block, so that a long one does not keep others waiting.
 *
 * <p>A block is written while the engine goes on and may evict it. It is therefore written first and counts afterwards, if its version,
 * which every eviction changes, has stayed the same.
 */
final class TierThread {

    private static final System.Logger LOG = System.getLogger(TierThread.class.getName());
    private static final int MAX_WAITING = 4096;

    private record Store(PrefixHash hash, PrefixHash parent, int block, int version) {}

    private final TierFile file;
    private final TierIndex index;
    private final String name;
    private final AtomicIntegerArray versions;
    private final Thread thread;

    /** Guards what follows. */
    private final Object lock = new Object();

    private final Deque<TierLoad> loads = new ArrayDeque<>();
    private final Deque<Store> stores = new ArrayDeque<>();
    private final Set<PrefixHash> storing = new HashSet<>();
    private boolean closing;
    private long lastWriteNanos = Long.MAX_VALUE;

    private volatile boolean active = true;
    private volatile long hits;
    private volatile long writes;
    private volatile long skipped;
    private volatile long rejected;
    private volatile long errors;
    private boolean damageTold;

    /**
     * @param blocks KV blocks in memory
     * @param rejected blocks that were found to be damaged before
     */
    TierThread(TierFile file, TierIndex index, String name, int blocks, int rejected) {
        this.file = file;
        this.index = index;
        this.name = name;
        this.rejected = rejected;
        damageTold = rejected > 0;
        versions = new AtomicIntegerArray(blocks);
        thread = Thread.ofPlatform().name("altiplano-cache").daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    boolean holds(PrefixHash hash) {
        return active && index.contains(hash);
    }

    /** On the engine thread. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // under the lock, as everywhere
    void used(PrefixHash parent, PrefixHash hash, int block) {
        if (!active || index.touch(hash)) {
            return;
        }
        synchronized (lock) {
            if (storing.contains(hash)) {
                return;
            }
            if (stores.size() >= MAX_WAITING) {
                skipped++;
                return;
            }
            storing.add(hash);
            stores.add(new Store(hash, parent, block, versions.get(block)));
            lock.notifyAll();
        }
    }

    /** On the engine thread, before anything is written to the block. */
    void evicted(int block) {
        versions.incrementAndGet(block);
    }

    /** Takes a load; false where nothing is read any more. */
    boolean add(TierLoad load) {
        synchronized (lock) {
            if (!active || closing) {
                return false;
            }
            loads.add(load);
            lock.notifyAll();
            return true;
        }
    }

    private void run() {
        try (TierFile _ = file) {
            while (true) {
                Object next = next();
                if (next instanceof TierLoad load) {
                    read(load);
                } else if (next instanceof Store store) {
                    write(store);
                } else {
                    break;
                }
            }
        } catch (IOException | RuntimeException | Error e) {
            synchronized (lock) {
                errors++;
            }
            LOG.log(Level.ERROR, "prefixes are no longer kept at {0}: {1}", name, e.toString());
        } finally {
            end();
        }
    }

    /** What to do next, waiting for it; null when there will be nothing more. */
    private @Nullable Object next() {
        synchronized (lock) {
            while (true) {
                if (closing && (stores.isEmpty() || System.nanoTime() - lastWriteNanos >= 0)) {
                    return null;
                }
                if (!loads.isEmpty()) {
                    return loads.remove();
                }
                if (!stores.isEmpty()) {
                    return stores.remove();
                }
                try {
                    lock.wait();
                } catch (InterruptedException e) {
                    throw new IllegalStateException("nobody interrupts this thread", e);
                }
            }
        }
    }

    private void read(TierLoad load) throws IOException {
        PrefixHash hash = load.hash();
        boolean more = false;
        boolean added = false;
        try {
            int slot = index.slot(hash);
            if (slot != TierIndex.NONE) {
                if (file.read(slot, hash, load.block())) {
                    synchronized (lock) {
                        hits++;
                    }
                    more = load.next();
                } else {
                    index.remove(hash);
                    damaged();
                }
            }
            added = more && add(load);
        } finally {
            if (!added) {
                load.end();
            }
        }
    }

    private void damaged() {
        synchronized (lock) {
            rejected++;
        }
        if (!damageTold) {
            damageTold = true;
            LOG.log(
                    Level.WARNING,
                    "a KV block in {0} is not what was written: it is ignored, and so are others that are counted without a line each",
                    name);
        }
    }

    private void write(Store store) throws IOException {
        boolean written = isUnchanged(store) && place(store);
        synchronized (lock) {
            storing.remove(store.hash);
            writes += written ? 1 : 0;
            skipped += written ? 0 : 1;
        }
    }

    private boolean place(Store store) throws IOException {
        int slot = index.take();
        if (!file.write(slot, store.hash, store.parent, store.block, () -> isUnchanged(store))) {
            index.release(slot);
            return false;
        }
        index.put(store.hash, store.parent, slot);
        return true;
    }

    private boolean isUnchanged(Store store) {
        // What was read of the block before must not be read after its version.
        VarHandle.fullFence();
        return versions.get(store.block) == store.version;
    }

    /** Nothing is read or written any more. */
    private void end() {
        Deque<TierLoad> left;
        synchronized (lock) {
            active = false;
            left = new ArrayDeque<>(loads);
            loads.clear();
            stores.clear();
            storing.clear();
        }
        left.forEach(TierLoad::end);
    }

    /** Writes what waits, for {@code longest}, and ends; returns when the file is closed. */
    void close(Duration longest) {
        synchronized (lock) {
            closing = true;
            lastWriteNanos = System.nanoTime() + longest.toNanos();
            lock.notifyAll();
        }
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    TierCounts counts() {
        int blocks = active ? index.size() : 0;
        return new TierCounts(active, blocks, blocks * file.slotBytes(), hits, writes, skipped, rejected, errors);
    }
}
