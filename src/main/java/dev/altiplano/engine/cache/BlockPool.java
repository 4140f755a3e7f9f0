package dev.altiplano.engine.cache;

/**
 * Hands out KV blocks and counts who holds them. A block that nobody holds is free; one whose content is still known to the
 * {@link PrefixCache} waits in the order of last use and is taken when no other is left. Allocates nothing after construction.
 */
public final class BlockPool {

    /** Is told that a block's content will be overwritten. */
    @FunctionalInterface
    interface Eviction {
        void evicted(int block);
    }

    private final int[] holders;
    private final boolean[] known;
    private final int[] free;
    private int freeCount;
    /** The known blocks that nobody holds form a ring through entry {@code blocks}: {@code newer[ring]} is the oldest. */
    private final int ring;

    private final int[] older;
    private final int[] newer;
    private int knownFree;
    private Eviction eviction = block -> {};

    /** A pool of {@code blocks} free blocks. */
    public BlockPool(int blocks) {
        holders = new int[blocks];
        known = new boolean[blocks];
        free = new int[blocks];
        for (int i = 0; i < blocks; i++) {
            free[i] = blocks - 1 - i;
        }
        freeCount = blocks;
        ring = blocks;
        older = new int[blocks + 1];
        newer = new int[blocks + 1];
        older[ring] = ring;
        newer[ring] = ring;
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
            block = newer[ring];
            unlink(block);
            known[block] = false;
            eviction.evicted(block);
        } else {
            throw new IllegalStateException("all " + holders.length + " KV blocks are held");
        }
        holders[block] = 1;
        return block;
    }

    /** One more holds {@code block}. */
    void retain(int block) {
        if (holders[block]++ == 0) {
            unlink(block);
        }
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

    private void link(int block) {
        int newest = older[ring];
        older[block] = newest;
        newer[block] = ring;
        newer[newest] = block;
        older[ring] = block;
        knownFree++;
    }

    private void unlink(int block) {
        newer[older[block]] = newer[block];
        older[newer[block]] = older[block];
        knownFree--;
    }
}
