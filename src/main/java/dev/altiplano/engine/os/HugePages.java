package dev.altiplano.engine.os;

import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;

/**
 * Moves a mapped file into memory in huge pages while others go on reading it: the file is there at once, and is read faster and
 * can no longer be pushed out or changed once it has been moved.
 *
 * <p>Piece by piece a thread of its own copies what lies at an address and then lets the copy take the place of the file at
 * that address, in one step of the system's: a reader finds the same bytes before and after. Where that cannot be done, what is
 * left stays mapped.
 */
public final class HugePages implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(HugePages.class.getName());
    /** A multiple of a huge page, few enough for the system's limit of mappings, small beside the memory that is left. */
    private static final long PIECE_BYTES = 32L << 20;

    private final MemorySegment mapped;
    private final Thread thread;
    private volatile boolean closed;
    private volatile long moved;

    private HugePages(MemorySegment mapped) {
        this.mapped = mapped;
        thread = Thread.ofPlatform().daemon().name("altiplano-huge-pages").unstarted(this::move);
    }

    /**
     * Begins to move.
     *
     * @param mapped as {@link java.nio.channels.FileChannel#map} gave it, whose bytes nobody changes; must not be freed before
     *     {@link #close} has returned
     */
    public static HugePages move(MemorySegment mapped) {
        HugePages pages = new HugePages(mapped);
        pages.thread.start();
        return pages;
    }

    private void move() {
        ThreadPriorities.standBack();
        long begin = System.nanoTime();
        long at = LargeMemory.untilHugePage(mapped.address());
        long end = mapped.byteSize() - (mapped.byteSize() - at) % LargeMemory.HUGE_PAGE;
        while (at < end && !closed) {
            long bytes = Math.min(PIECE_BYTES, end - at);
            if (!LargeMemory.replace(mapped.asSlice(at, bytes))) {
                LOG.log(
                        Level.INFO,
                        "the packed copy stays mapped from byte {0} on: the system gave no memory to move it into",
                        String.valueOf(at));
                return;
            }
            at += bytes;
            moved += bytes;
        }
        LOG.log(
                Level.DEBUG,
                "{0} bytes were moved into huge pages in {1} ms",
                String.valueOf(moved),
                String.valueOf((System.nanoTime() - begin) / 1_000_000));
    }

    /** Bytes that no longer come from the file. */
    long moved() {
        return moved;
    }

    /** Waits until everything has been moved that can be. */
    void await() throws InterruptedException {
        thread.join();
    }

    /** Ends after the piece that is being moved. */
    @Override
    public void close() {
        closed = true;
        ThreadEnd.await(thread);
    }
}
