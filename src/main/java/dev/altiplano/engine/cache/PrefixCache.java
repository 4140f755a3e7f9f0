package dev.altiplano.engine.cache;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds KV blocks that already hold the beginning of a prompt.
 *
 * <p>A salt separates what must not be shared: adapters, whose keys and values differ, and clients, who must not learn from the time
 * that an answer takes what others have asked.
 *
 * <p>What ends within a block is kept too, for the one who goes on from there: he gets the block itself, and it is nobody else's any
 * more.
 *
 * <p>An entry stands for a whole block of tokens behind a given beginning: its key is the entry before it and the
 * block's own tokens, compared in full, so that two prompts never share by a mere collision of hashes. Only rows that are
 * computed as a prompt's are inserted, by one rule all of them: a reused block has the very bits that computing it again would give.
 */
public final class PrefixCache {

    /** The beginning of every prompt. */
    private static final long ROOT = 0;

    private static final long UNKNOWN = -1;

    private static final int[] NOTHING = {};

    /** @param salt empty but for a first block: those behind it are told apart by their parent */
    private record Key(String salt, long parent, int[] tokens) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key that
                    && parent == that.parent
                    && salt.equals(that.salt)
                    && Arrays.equals(tokens, that.tokens);
        }

        @Override
        public int hashCode() {
            return 31 * (31 * Arrays.hashCode(tokens) + Long.hashCode(parent * 0x9E3779B97F4A7C15L)) + salt.hashCode();
        }
    }

    /** @param hash null where nothing keeps prefixes beyond memory */
    private record Entry(
            long id, Key key, int block, @Nullable PrefixHash hash) {}

    private final boolean enabled;
    private final Map<Key, Entry> entries = new HashMap<>();
    /** Blocks that are not whole, by what is before them. */
    private final Map<Key, Entry> parts = new HashMap<>();

    private final @Nullable Entry[] byBlock;
    private final BlockPool pool;
    private final int blockTokens;
    private final @Nullable PrefixStore store;
    private long lastId = ROOT;

    /** A cache over the blocks of {@code pool}; one that is not {@code enabled} never finds anything. */
    public PrefixCache(BlockPool pool, int blockTokens, boolean enabled) {
        this(pool, blockTokens, enabled, null);
    }

    /** The same, telling {@code store} what it holds. */
    public PrefixCache(BlockPool pool, int blockTokens, boolean enabled, @Nullable PrefixStore store) {
        this.pool = pool;
        this.blockTokens = blockTokens;
        this.enabled = enabled;
        this.store = store;
        byBlock = new Entry[pool.size()];
        pool.onEviction(this::forget);
    }

    /**
     * Gives {@code table}, which is empty, the blocks that hold the first {@code limit} of {@code tokens}, as far as they are
     * known and whole.
     *
     * @param salt what is found was inserted under the same one
     * @return how many tokens they hold
     */
    public int reuse(String salt, int[] tokens, int limit, BlockTable table) {
        long parent = ROOT;
        PrefixHash hash = store == null ? null : store.root(salt);
        int found = 0;
        while (enabled && found + blockTokens <= limit) {
            Entry entry = entries.get(key(salt, parent, tokens, found));
            if (entry == null) {
                break;
            }
            hash = used(hash, entry);
            table.addShared(entry.block);
            parent = entry.id;
            found += blockTokens;
        }
        return found;
    }

    /**
     * Gives {@code table}, which holds the first {@code found} of {@code tokens} in whole blocks, the block that begins as they go on up
     * to {@code limit}, if one is known: the table's owner may go on writing to it, and nobody else finds it any more.
     *
     * @return how many of its tokens are the same
     */
    public int reusePart(String salt, int[] tokens, int found, int limit, BlockTable table) {
        long parent = parent(salt, tokens, found / blockTokens);
        Entry part = enabled && found < limit && parent != UNKNOWN ? parts.get(behind(salt, parent, NOTHING)) : null;
        if (part == null || pool.isHeld(part.block)) {
            return 0;
        }
        int[] held = part.key.tokens;
        int most = Math.min(held.length, limit - found);
        int differs = Arrays.mismatch(tokens, found, found + most, held, 0, most);
        int common = differs < 0 ? most : differs;
        // Who shares little of it leaves it to whom it belongs.
        if (2 * common < held.length) {
            return 0;
        }
        table.addShared(part.block);
        forget(part.block);
        pool.unmarkCached(part.block);
        return common;
    }

    /** The entry of the last of the first {@code whole} blocks; {@link #UNKNOWN} where one of them is not known. */
    private long parent(String salt, int[] tokens, int whole) {
        long parent = ROOT;
        for (int i = 0; i < whole; i++) {
            Entry entry = entries.get(key(salt, parent, tokens, i * blockTokens));
            if (entry == null) {
                return UNKNOWN;
            }
            parent = entry.id;
        }
        return parent;
    }

    /**
     * Keeps what {@code table} holds behind its whole blocks; its owner releases it and writes no more to it.
     *
     * @param computed how many of {@code tokens} it holds, all of which may be reused
     */
    public void keepPart(String salt, int[] tokens, int computed, BlockTable table) {
        int whole = computed / blockTokens;
        if (!enabled || computed % blockTokens == 0 || whole * blockTokens < table.firstHeldPosition()) {
            return;
        }
        long parent = parent(salt, tokens, whole);
        if (parent == UNKNOWN) {
            return;
        }
        int block = table.blocks()[whole];
        forget(block);
        int[] rest = Arrays.copyOfRange(tokens, whole * blockTokens, computed);
        Entry part = new Entry(++lastId, behind(salt, parent, rest), block, null);
        parts.put(behind(salt, parent, NOTHING), part);
        byBlock[block] = part;
        pool.markCached(block);
    }

    /**
     * Inserts the whole blocks among the first {@code computed} of {@code tokens}, which {@code table} holds and which
     * computing them as a prompt would give.
     *
     * @param inserted how many blocks of this table were inserted before
     * @return how many are inserted now
     */
    public int insert(String salt, int[] tokens, int computed, BlockTable table, int inserted) {
        int whole = computed / blockTokens;
        if (!enabled || whole <= inserted) {
            return inserted;
        }
        long parent = ROOT;
        PrefixHash hash = store == null ? null : store.root(salt);
        for (int i = 0; i < whole; i++) {
            Key key = key(salt, parent, tokens, i * blockTokens);
            Entry entry = entries.get(key);
            if (entry == null) {
                if (i * blockTokens < table.firstHeldPosition()) {
                    // Given back, and overwritten by now: what lies behind it cannot be found any more.
                    return whole;
                }
                int block = table.blocks()[i];
                // A block may still be known behind a beginning that has been evicted; nobody can find it there any
                // more.
                forget(block);
                PrefixHash own = hash == null ? null : hash.next(tokens, i * blockTokens, blockTokens);
                entry = new Entry(++lastId, key, block, own);
                entries.put(key, entry);
                byBlock[block] = entry;
                pool.markCached(block);
                hash = used(hash, entry);
            } else {
                hash = entry.hash;
            }
            parent = entry.id;
        }
        return whole;
    }

    /** Tells the store of an entry behind {@code parent}; returns the entry's hash. */
    private @Nullable PrefixHash used(@Nullable PrefixHash parent, Entry entry) {
        if (store != null && parent != null && entry.hash != null) {
            store.used(parent, entry.hash, entry.block);
        }
        return entry.hash;
    }

    private Key key(String salt, long parent, int[] tokens, int from) {
        return behind(salt, parent, Arrays.copyOfRange(tokens, from, from + blockTokens));
    }

    private static Key behind(String salt, long parent, int[] tokens) {
        return new Key(parent == ROOT ? salt : "", parent, tokens);
    }

    private void forget(int block) {
        Entry entry = byBlock[block];
        if (entry != null) {
            byBlock[block] = null;
            if (entry.key.tokens.length == blockTokens) {
                entries.remove(entry.key);
            } else {
                parts.remove(behind(entry.key.salt, entry.key.parent, NOTHING), entry);
            }
            if (store != null) {
                store.evicted(block);
            }
        }
    }
}
