package dev.altiplano.engine.cache;

/**
 * Hands out KV blocks and counts who holds them. A block that nobody holds is free; one whose content is still known to the
 * {@link PrefixCache} waits in the order of last use and is taken when no other is left. Those that have been used again, as
 * conversations and shared beginnings are, wait apart: what is used once gives way first, unless they take most of the pool. Allocates
 * nothing after construction.
 */
public final class BlockPool {

    /** Is told that a block's content will be overwritten. */
    @FunctionalInterface
    interface Eviction {
        void evicted(int block);
    }

    /** Part of the pool that blocks may take that have been used again, before they give way as others do. */
    private static final double PROTECTED_SHARE = 0.75;

    private final int[] holders;
    private final boolean[] known;
    /** Known blocks that have been found and used again. */
    private final boolean[] usedAgain;

    private final int[] free;
    private int freeCount;
    /**
     * The known blocks that nobody holds form two rings: through entry {@code blocks} those that were used once, through the next one
     * those that were used again. {@code newer[ring]} is the oldest.
     */
    private final int onceRing;

    private final int againRing;
    private final int maxProtected;
    private int againFree;
    private final int[] older;
    private final int[] newer;
    private int knownFree;
    private Eviction eviction = block -> {};

    /** A pool of {@code blocks} free blocks. */
    public BlockPool(int blocks) {
        holders = new int[blocks];
        known = new boolean[blocks];
        usedAgain = new boolean[blocks];
        free = new int[blocks];
        for (int i = 0; i < blocks; i++) {
            free[i] = blocks - 1 - i;
        }
        freeCount = blocks;
        onceRing = blocks;
        againRing = blocks + 1;
        maxProtected = (int) (PROTECTED_SHARE * blocks);
        older = new int[blocks + 2];
        newer = new int[blocks + 2];
        for (int ring = onceRing; ring <= againRing; ring++) {
            older[ring] = ring;
            newer[ring] = ring;
        }
    }

    void onEviction(Eviction listener) {
        eviction = listener;
    }

    /** Number of blocks. */
    public int size() {
        return holders.length;
    }

    /** Blocks that can be taken now, the reusable ones included. */
    public int available() {
        return freeCount + knownFree;
    }

    /** Blocks that nobody holds and whose content can be reused. */
    public int reusable() {
        return knownFree;
    }

    /** Blocks that are held. */
    public int held() {
        return holders.length - available();
    }

    /** Takes a block; one must be {@link #available}. */
    public int take() {
        int block;
        if (freeCount > 0) {
            block = free[--freeCount];
        } else if (knownFree > 0) {
            block = newer[ringToTakeFrom()];
            unlink(block);
            known[block] = false;
            eviction.evicted(block);
        } else {
            throw new IllegalStateException("all " + holders.length + " KV blocks are held");
        }
        holders[block] = 1;
        usedAgain[block] = false;
        return block;
    }

    private int ringToTakeFrom() {
        boolean anyUsedOnce = knownFree > againFree;
        return anyUsedOnce && againFree <= maxProtected ? onceRing : againRing;
    }

    /** One more holds {@code block}. */
    void retain(int block) {
        if (holders[block]++ == 0) {
            unlink(block);
        }
        usedAgain[block] |= known[block];
    }

    /** One less holds {@code block}. */
    void release(int block) {
        if (holders[block] <= 0) {
            throw new IllegalStateException("KV block " + block + " is released but nobody holds it");
        }
        if (--holders[block] > 0) {
            return;
        }
        if (known[block]) {
            link(block);
        } else {
            free[freeCount++] = block;
        }
    }

    /** The content of {@code block}, which is held, can be reused after its release. */
    void markCached(int block) {
        known[block] = true;
    }

    /** The content of {@code block}, which is held, changes from now on. */
    void unmarkCached(int block) {
        known[block] = false;
        usedAgain[block] = false;
    }

    boolean isHeld(int block) {
        return holders[block] > 0;
    }

    /** Whether its release would leave {@code block} to others. */
    boolean isHeldOnce(int block) {
        return holders[block] == 1;
    }

    private void link(int block) {
        int ring = usedAgain[block] ? againRing : onceRing;
        int newest = older[ring];
        older[block] = newest;
        newer[block] = ring;
        newer[newest] = block;
        older[ring] = block;
        knownFree++;
        againFree += usedAgain[block] ? 1 : 0;
    }

    private void unlink(int block) {
        newer[older[block]] = newer[block];
        older[newer[block]] = older[block];
        knownFree--;
        againFree -= usedAgain[block] ? 1 : 0;
    }
}
