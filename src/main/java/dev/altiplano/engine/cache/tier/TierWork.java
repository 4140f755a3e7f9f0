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

/**
 * What waits to be read from the file or written to it, and is, a block at a time, by one thread. Blocks that are wanted come before
 * blocks that are to be kept, and loads take turns block by block, so that a long one does not keep others waiting.
 *
 * <p>A block is written while the engine goes on and may evict it. It is therefore written first and counts afterwards, if its version,
 * which every eviction changes, has stayed the same.
 */
final class TierWork {

    private static final System.Logger LOG = System.getLogger(TierWork.class.getName());
    private static final int MAX_WAITING = 4096;

    private record Store(PrefixHash hash, PrefixHash parent, int block, int version) {}

    private final TierFile file;
    private final TierIndex index;
    private final String name;
    private final AtomicIntegerArray versions;

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
    TierWork(TierFile file, TierIndex index, String name, int blocks, int rejected) {
        this.file = file;
        this.index = index;
        this.name = name;
        this.rejected = rejected;
        damageTold = rejected > 0;
        versions = new AtomicIntegerArray(blocks);
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
            // Asked again: it may have been written meanwhile, and what is written leaves the set after it has come
            // into the index.
            if (storing.contains(hash) || index.contains(hash)) {
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

    /** Waits for something to do; false when there will be nothing more. */
    boolean await() {
        synchronized (lock) {
            while (!isOver() && loads.isEmpty() && stores.isEmpty()) {
                try {
                    lock.wait();
                } catch (InterruptedException e) {
                    throw new IllegalStateException("nobody interrupts this thread", e);
                }
            }
            return !isOver();
        }
    }

    private boolean isOver() {
        return !active || closing && (stores.isEmpty() || System.nanoTime() - lastWriteNanos >= 0);
    }

    /** Reads or writes what is next; false where nothing waits. */
    boolean turn() {
        TierLoad load;
        Store store;
        synchronized (lock) {
            load = loads.poll();
            store = load == null ? stores.poll() : null;
        }
        try {
            if (load != null) {
                read(load);
            } else if (store != null) {
                write(store);
            }
        } catch (IOException | RuntimeException | Error e) {
            fail(e);
        }
        return load != null || store != null;
    }

    /** Nothing more is read or written after this. */
    private void fail(Throwable failure) {
        synchronized (lock) {
            active = false;
            errors++;
        }
        LOG.log(Level.ERROR, "prefixes are no longer kept at {0}: {1}", name, failure.toString());
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

    /** Takes no more loads, and no more than {@code longest} for what waits to be written. */
    void close(Duration longest) {
        synchronized (lock) {
            closing = true;
            lastWriteNanos = System.nanoTime() + longest.toNanos();
            lock.notifyAll();
        }
    }

    /** Ends what still waits, and closes the file; once, when there will be nothing more. */
    void end() {
        Deque<TierLoad> left;
        synchronized (lock) {
            active = false;
            left = new ArrayDeque<>(loads);
            loads.clear();
            stores.clear();
            storing.clear();
        }
        try {
            file.close();
        } catch (IOException e) {
            fail(e);
        } finally {
            left.forEach(TierLoad::end);
        }
    }

    TierCounts counts() {
        int blocks = active ? index.size() : 0;
        return new TierCounts(active, blocks, blocks * file.slotBytes(), hits, writes, skipped, rejected, errors);
    }
}
