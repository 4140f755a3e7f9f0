package dev.altiplano.engine.simulation;

import dev.altiplano.engine.cache.BlockPool;
import dev.altiplano.engine.cache.BlockTable;
import dev.altiplano.engine.cache.PrefixCache;

/** Whose KV blocks of a pool are whose: what tables hold, what the pool counts and what the prefix cache knows agree. */
final class PoolAudit {

    private final String name;
    private final BlockPool pool;
    private final int[] holders;
    private final boolean[] known;
    private final Object[] entries;
    private final int[] counted;

    PoolAudit(String name, BlockPool pool, PrefixCache prefixes) {
        this.name = name;
        this.pool = pool;
        holders = Inside.of(pool, "holders");
        known = Inside.of(pool, "known");
        entries = Inside.of(prefixes, "byBlock");
        counted = new int[holders.length];
    }

    /** A running sequence holds the blocks of {@code table}. */
    void add(BlockTable table) {
        for (int i = table.size() - table.held(); i < table.size(); i++) {
            counted[table.blocks()[i]]++;
        }
    }

    /** All that run have been added. */
    void check() {
        int held = 0;
        int cached = 0;
        for (int block = 0; block < holders.length; block++) {
            check(block);
            held += holders[block] > 0 ? 1 : 0;
            cached += holders[block] == 0 && known[block] ? 1 : 0;
            counted[block] = 0;
        }
        if (pool.held() != held || pool.reusable() != cached) {
            throw new Violation(held + " " + name + " blocks are held and " + cached + " reusable, the pool says "
                    + pool.held() + " and " + pool.reusable());
        }
    }

    private void check(int block) {
        Violation.unless(
                counted[block] == holders[block],
                () -> name + " block " + block + " is held by " + counted[block] + ", its count says "
                        + holders[block]);
        Violation.unless(
                known[block] == (entries[block] != null),
                () -> name + " block " + block + " is known to one side alone");
    }

    int held() {
        return pool.held();
    }

    int reusable() {
        return pool.reusable();
    }
}
