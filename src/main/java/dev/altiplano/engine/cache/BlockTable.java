package dev.altiplano.engine.cache;

import java.util.Arrays;

/**
 * The KV blocks of one sequence in the order of positions: entry i holds positions [i · blockTokens, (i + 1) · blockTokens). Blocks
 * that lie wholly before a sliding window are given back; their entries keep an id, which nobody reads.
 */
public final class BlockTable {

    private final BlockPool pool;
    private final int blockTokens;
    private int[] blocks = new int[8];
    private int size;
    /** Blocks before this one have been given back. */
    private int firstHeld;

    public BlockTable(BlockPool pool, int blockTokens) {
        this.pool = pool;
        this.blockTokens = blockTokens;
    }

    /** How many blocks must be taken before {@code tokens} positions fit. */
    public int missingFor(int tokens) {
        return Math.max(0, Math.ceilDiv(tokens, blockTokens) - size);
    }

    /** Takes blocks until {@code tokens} positions fit; that many must be available. */
    public void growTo(int tokens) {
        int needed = size + missingFor(tokens);
        // First of all: what is taken must not be lost where memory runs out.
        if (needed > blocks.length) {
            blocks = Arrays.copyOf(blocks, Math.max(needed, 2 * size));
        }
        while (size < needed) {
            int block = pool.take();
            // Counted only now: taking may fail.
            blocks[size++] = block;
        }
    }

    /** Holds the first {@code count} blocks of {@code other} too; this table must be empty. */
    public void share(BlockTable other, int count) {
        firstHeld = Math.min(count, other.firstHeld);
        for (int i = 0; i < count; i++) {
            if (i < firstHeld) {
                add(other.blocks[i]);
            } else {
                addShared(other.blocks[i]);
            }
        }
    }

    /** Gives back the blocks whose positions all lie before {@code position}. */
    public void releaseBefore(int position) {
        int end = Math.min(size, position / blockTokens);
        while (firstHeld < end) {
            pool.release(blocks[firstHeld++]);
        }
    }

    /** The first position whose block is held. */
    public int firstHeldPosition() {
        return firstHeld * blockTokens;
    }

    /** Number of blocks that are held. */
    public int held() {
        return size - firstHeld;
    }

    /** Number of blocks that are held by nobody else. */
    public int heldAlone() {
        int count = 0;
        for (int i = firstHeld; i < size; i++) {
            count += pool.isHeldOnce(blocks[i]) ? 1 : 0;
        }
        return count;
    }

    void addShared(int block) {
        add(block);
        pool.retain(block);
    }

    private void add(int block) {
        if (size == blocks.length) {
            blocks = Arrays.copyOf(blocks, 2 * size);
        }
        blocks[size++] = block;
    }

    /** Gives all blocks back, the last first, so that beginnings stay reusable longest. */
    public void releaseAll() {
        while (size > firstHeld) {
            pool.release(blocks[--size]);
        }
        size = 0;
        firstHeld = 0;
    }

    /** Number of blocks. */
    public int size() {
        return size;
    }

    /** The block ids; the first {@link #size()} entries count. Not to be changed. */
    public int[] blocks() {
        return blocks;
    }

    /** Positions in a block. */
    public int blockTokens() {
        return blockTokens;
    }
}
