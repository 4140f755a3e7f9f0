package dev.altiplano.engine.speculate;

import dev.altiplano.engine.cache.BlockPool;
import dev.altiplano.engine.cache.BlockTable;
import dev.altiplano.engine.cache.PrefixCache;

/**
 * The keys and values of a draft model: KV blocks of its own, in which the beginnings of sequences stay known as they do in the model's.
 * Belongs to the engine thread.
 */
final class DraftMemory {

    private final BlockPool pool;
    private final PrefixCache prefixes;
    private final int blockTokens;

    /** @param prefixCache whether beginnings are found again */
    DraftMemory(BlockPool pool, int blockTokens, boolean prefixCache) {
        this.pool = pool;
        this.blockTokens = blockTokens;
        prefixes = new PrefixCache(pool, blockTokens, prefixCache);
    }

    /** The place of a sequence that holds nothing yet. */
    Place place(String salt) {
        return new Place(salt);
    }

    /** What a sequence holds. */
    final class Place {

        private final String salt;
        private final BlockTable table = new BlockTable(pool, blockTokens);
        private int inserted;

        private Place(String salt) {
            this.salt = salt;
        }

        /** Finds the beginning of a sequence, where nothing is held; returns how many of its tokens are there. */
        int find(int[] tokens, int length) {
            if (table.size() > 0) {
                return 0;
            }
            int found = prefixes.reuse(salt, tokens, length - 1, table);
            inserted = found / blockTokens;
            return found;
        }

        /** Takes what {@code positions} need; false, and nothing is held any more, where there is not enough: others may have it. */
        boolean holds(int positions) {
            if (table.missingFor(positions) > pool.available()) {
                release();
                return false;
            }
            table.growTo(positions);
            return true;
        }

        /** The first {@code computed} tokens are there to stay. */
        void keep(int[] tokens, int computed) {
            inserted = prefixes.insert(salt, tokens, computed, table, inserted);
        }

        void release() {
            table.releaseAll();
            inserted = 0;
        }

        BlockTable table() {
            return table;
        }
    }
}
