package dev.altiplano.engine.cache.tier;

import dev.altiplano.engine.cache.PrefixHash;
import java.util.List;

/** Blocks of a prefix that are being read into KV blocks, which somebody holds until this is over. */
public final class TierLoad {

    private final List<PrefixHash> hashes;
    private final int[] blocks;
    private final Runnable ended;
    /** Written before {@link #over}, by the tier's thread. */
    private int loaded;

    private volatile boolean over;

    /**
     * @param blocks receive what {@code hashes} stand for, one after the other
     * @param ended runs when this is over, in the tier's thread
     */
    TierLoad(List<PrefixHash> hashes, int[] blocks, Runnable ended) {
        this.hashes = List.copyOf(hashes);
        this.blocks = blocks.clone();
        this.ended = ended;
    }

    /** Whether nothing more will be read, and nothing more written to the blocks. */
    public boolean over() {
        return over;
    }

    /** How many have been read, from the first on; the others cannot be. Only once it is {@link #over}. */
    public int loaded() {
        return loaded;
    }

    PrefixHash hash() {
        return hashes.get(loaded);
    }

    int block() {
        return blocks[loaded];
    }

    /** The next block has been read; returns whether there is another. */
    boolean next() {
        return ++loaded < blocks.length;
    }

    void end() {
        over = true;
        ended.run();
    }
}
