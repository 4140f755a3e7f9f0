package dev.altiplano.engine.cache.tier;

import dev.altiplano.engine.cache.KvCache;
import dev.altiplano.engine.cache.PrefixHash;
import dev.altiplano.engine.cache.PrefixStore;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A second, larger place for prefixes, in a file. Blocks are written as soon as they are whole, one after the other, by a thread of its
 * own straight from the KV memory; what is overwritten there before its turn comes is left out. {@link #load} reads blocks back.
 *
 * <p>A file that cannot be had, or fails later, leaves a tier that holds nothing: requests never hear of it.
 */
public final class HostTier implements PrefixStore, AutoCloseable {

    /** The name of the file where a folder is given. */
    static final String FILE = "prefixes.kv";

    private static final System.Logger LOG = System.getLogger(HostTier.class.getName());

    /** How long what waits may still be written when the engine stops. */
    private static final Duration LAST_WRITES = Duration.ofSeconds(2);

    /** Opens what a tier is on. */
    interface Opening {
        Disk open() throws IOException;
    }

    private final byte[] fingerprint;
    /** Null where there is no file that can be used. */
    private final @Nullable TierWork work;
    /** Null where the turns of the work are taken otherwise. */
    private @Nullable TierThread thread;

    private HostTier(byte[] fingerprint, @Nullable TierWork work) {
        this.fingerprint = fingerprint.clone();
        this.work = work;
    }

    /**
     * Opens the file, or makes it; says in the log where that cannot be.
     *
     * @param path a file, or a folder for one
     * @param maxBytes the most that the file may take
     * @param fingerprint of all that the numbers in KV blocks depend on beside salt and tokens
     * @param kv the KV memory, which must stay until this is closed
     */
    public static HostTier open(Path path, long maxBytes, byte[] fingerprint, KvCache kv) {
        Path file = Files.isDirectory(path) ? path.resolve(FILE) : path;
        return open(() -> LockedFile.open(file), file.toString(), maxBytes, fingerprint, kv)
                .start();
    }

    /** The same on what {@code opening} gives, without a thread. */
    static HostTier open(Opening opening, String name, long maxBytes, byte[] fingerprint, KvCache kv) {
        try {
            return on(opening.open(), name, maxBytes, fingerprint, kv);
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.WARNING, "no prefixes are kept at {0}: {1}", name, e.toString());
            return new HostTier(fingerprint, null);
        }
    }

    /** A tier without a thread on {@code disk}, which it closes, at once where it cannot be used. */
    static HostTier on(Disk disk, String name, long maxBytes, byte[] fingerprint, KvCache kv) throws IOException {
        TierFile file = new TierFile(disk, maxBytes, fingerprint, kv);
        boolean used = false;
        try {
            TierFile.State state = file.begin();
            if (state == TierFile.State.FOREIGN) {
                throw new IOException("it is not a file of prefixes, and is left as it is: name another, or remove it");
            }
            if (file.slots() == 0) {
                throw new IOException("altiplano.cache.max-size has no room for one KV block of " + file.slotBytes()
                        + " bytes: raise it");
            }
            if (state == TierFile.State.STALE) {
                LOG.log(
                        Level.WARNING,
                        "{0} was made for another model, other settings or by another version, or is damaged: it begins empty",
                        name);
            }
            TierIndex index = new TierIndex(file.slots());
            int rejected = file.scan(index);
            if (rejected > 0) {
                LOG.log(Level.WARNING, "{0} holds {1} damaged KV blocks: they are ignored", name, rejected);
            }
            if (index.size() > 0) {
                LOG.log(Level.INFO, "{0} holds {1} KV blocks of prefixes", name, index.size());
            }
            used = true;
            return new HostTier(
                    fingerprint, new TierWork(file, index, name, kv.shape().blocks(), rejected));
        } finally {
            if (!used) {
                file.close();
            }
        }
    }

    /** Starts the thread; returns this tier. */
    HostTier start() {
        return start(TierThread::start);
    }

    /** The same where {@code starter} starts it; the tier holds nothing where the system has no thread for it. */
    HostTier start(Consumer<TierThread> starter) {
        if (work != null) {
            TierThread started = new TierThread(work);
            try {
                starter.accept(started);
                thread = started;
            } catch (OutOfMemoryError e) {
                LOG.log(Level.WARNING, "no prefixes are kept, for want of a thread: {0}", e.toString());
                work.end();
            }
        }
        return this;
    }

    /** What is to be done, for who does it without the thread; null where there is no file. */
    @Nullable
    TierWork work() {
        return work;
    }

    @Override
    public PrefixHash root(String salt) {
        return PrefixHash.root(fingerprint, salt);
    }

    @Override
    public void used(PrefixHash parent, PrefixHash hash, int block) {
        if (work != null) {
            work.used(parent, hash, block);
        }
    }

    @Override
    public void evicted(int block) {
        if (work != null) {
            work.evicted(block);
        }
    }

    /**
     * The hashes of the blocks that it holds of a prefix, one right behind the other.
     *
     * @param from where the first of them begins; what is before is not asked for
     * @param limit the end of the last one, at most
     */
    public List<PrefixHash> held(String salt, int[] tokens, int from, int limit, int blockTokens) {
        List<PrefixHash> held = new ArrayList<>();
        if (work == null) {
            return held;
        }
        PrefixHash hash = root(salt);
        for (int at = 0; at + blockTokens <= limit; at += blockTokens) {
            hash = hash.next(tokens, at, blockTokens);
            if (at >= from) {
                if (!work.holds(hash)) {
                    break;
                }
                held.add(hash);
            }
        }
        return held;
    }

    /**
     * Begins to read blocks into the KV memory.
     *
     * @param blocks as many as {@code hashes}, of which nobody reads or writes until the load is over
     * @param ended runs then, in the tier's thread
     */
    public TierLoad load(List<PrefixHash> hashes, int[] blocks, Runnable ended) {
        TierLoad load = new TierLoad(hashes, blocks, ended);
        if (work == null || !work.add(load)) {
            load.end();
        }
        return load;
    }

    /** What it holds and has done. From any thread. */
    public TierCounts counts() {
        return work == null ? new TierCounts(false, 0, 0, 0, 0, 0, 0, 1) : work.counts();
    }

    /** Writes what waits to be written, for some seconds at most, and closes the file; when no step runs any more. */
    @Override
    public void close() {
        if (thread != null) {
            thread.close(LAST_WRITES);
        }
    }
}
