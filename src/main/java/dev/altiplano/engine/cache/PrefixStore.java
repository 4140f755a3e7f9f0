package dev.altiplano.engine.cache;

/** Keeps prefixes that leave the KV memory; is told by the {@link PrefixCache} what is there. Called by the engine thread, returns at once. */
public interface PrefixStore {

    /** What the hashes of blocks under {@code salt} begin with. */
    PrefixHash root(String salt);

    /**
     * A block of a prefix has been computed, or is used again. Its content stays until {@link #evicted}.
     *
     * @param parent the hash of the block before it, or the root
     */
    void used(PrefixHash parent, PrefixHash hash, int block);

    /** The content of {@code block} is about to be overwritten. */
    void evicted(int block);
}
