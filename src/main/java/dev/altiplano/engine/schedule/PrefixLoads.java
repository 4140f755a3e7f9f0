package dev.altiplano.engine.schedule;

import dev.altiplano.engine.cache.BlockPool;
import dev.altiplano.engine.cache.BlockTable;
import dev.altiplano.engine.cache.PrefixCache;
import dev.altiplano.engine.cache.PrefixHash;
import dev.altiplano.engine.cache.tier.HostTier;
import dev.altiplano.engine.cache.tier.TierLoad;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Prefixes on their way from the host tier into KV blocks. A sequence whose beginning goes on there waits for it, as others get on;
 * what has come is then found in the prefix cache, as if it had never left. Belongs to the engine thread.
 */
public final class PrefixLoads {

    /**
     * @param found blocks at the table's beginning that were in memory
     * @param table holds the blocks until the load is over
     */
    private record Waiting(Sequence sequence, int[] tokens, int found, BlockTable table, TierLoad load) {}

    private final HostTier tier;
    private final BlockPool pool;
    private final PrefixCache prefixes;
    private final int blockTokens;
    private final Runnable wake;
    private final List<Waiting> waiting = new ArrayList<>();

    /** @param wake makes the engine thread look, from another one */
    public PrefixLoads(HostTier tier, BlockPool pool, PrefixCache prefixes, int blockTokens, Runnable wake) {
        this.tier = tier;
        this.pool = pool;
        this.prefixes = prefixes;
        this.blockTokens = blockTokens;
        this.wake = wake;
    }

    /**
     * Begins to read what the tier has of a sequence's beginning behind what is in memory; once for each time that it waits for a place.
     *
     * @param limit tokens that may be found
     * @param spare blocks that stay free
     * @return whether the sequence has to wait
     */
    boolean begin(Sequence sequence, int limit, int spare) {
        if (sequence.prefixAsked()) {
            return false;
        }
        sequence.askedPrefix();
        BlockTable table = new BlockTable(pool, blockTokens);
        boolean begun = false;
        try {
            int found = prefixes.reuse(sequence.salt(), sequence.tokens(), limit, table);
            List<PrefixHash> held = tier.held(sequence.salt(), sequence.tokens(), found, limit, blockTokens);
            int count = Math.min(held.size(), pool.available() - spare);
            if (count <= 0) {
                return false;
            }
            table.growTo(found + count * blockTokens);
            int first = found / blockTokens;
            int[] blocks = Arrays.copyOfRange(table.blocks(), first, first + count);
            TierLoad load = tier.load(held.subList(0, count), blocks, wake);
            // From here on the disk may be read into the blocks, whatever happens: nobody else may have them.
            begun = true;
            waiting.add(new Waiting(sequence, sequence.tokens(), first, table, load));
            sequence.loading(true);
            return true;
        } finally {
            if (!begun) {
                table.releaseAll();
            }
        }
    }

    /** Inserts what has come into the prefix cache; who waited for it waits no more. */
    void finish() {
        for (int i = waiting.size() - 1; i >= 0; i--) {
            Waiting each = waiting.get(i);
            if (each.load.over()) {
                waiting.remove(i);
                each.sequence.loading(false);
                int whole = each.found + each.load.loaded();
                try {
                    int inserted = prefixes.insert(
                            each.sequence.salt(), each.tokens, whole * blockTokens, each.table, each.found);
                } finally {
                    each.table.releaseAll();
                }
            }
        }
    }
}
