package dev.altiplano.engine.cache.tier;

import dev.altiplano.engine.cache.PrefixHash;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Which block lies in which slot of the file. The block that gives way to another is the one that was used longest ago among those
 * that no other is behind: a beginning that is shared stays as long as one of its continuations does. Thread-safe.
 */
final class TierIndex {

    static final int NONE = -1;

    private static final class Entry {
        private final PrefixHash hash;
        private final PrefixHash parent;
        private final int slot;
        private long used;

        Entry(PrefixHash hash, PrefixHash parent, int slot) {
            this.hash = hash;
            this.parent = parent;
            this.slot = slot;
        }
    }

    private final Map<PrefixHash, Entry> entries = new HashMap<>();
    /** How many entries are right behind a block, which may itself be missing. */
    private final Map<PrefixHash, Integer> behind = new HashMap<>();
    /** Entries that no other is behind, by the time of their last use. */
    private final NavigableMap<Long, Entry> leaves = new TreeMap<>();

    private final int[] free;
    private int freeCount;
    private long clock;

    /** An empty index of {@code slots} slots. */
    TierIndex(int slots) {
        free = new int[slots];
        freeCount = slots;
        for (int i = 0; i < slots; i++) {
            free[i] = slots - 1 - i;
        }
    }

    synchronized int size() {
        return entries.size();
    }

    synchronized boolean contains(PrefixHash hash) {
        return entries.containsKey(hash);
    }

    /** The slot of a block, {@link #NONE} where it is not there. */
    synchronized int slot(PrefixHash hash) {
        Entry entry = entries.get(hash);
        return entry == null ? NONE : entry.slot;
    }

    /** A block is used; returns whether it is there. */
    synchronized boolean touch(PrefixHash hash) {
        Entry entry = entries.get(hash);
        if (entry != null) {
            use(entry);
        }
        return entry != null;
    }

    /** A slot to write to: a free one, else that of the block that gives way. */
    synchronized int take() {
        if (freeCount == 0) {
            // Without leaves only where a file that somebody has edited has blocks behind each other in a circle.
            remove(
                    leaves.isEmpty()
                            ? entries.values().iterator().next()
                            : leaves.firstEntry().getValue());
        }
        return free[--freeCount];
    }

    /** Puts a slot back that was taken. */
    synchronized void release(int slot) {
        free[freeCount++] = slot;
    }

    /** A block, which is not there yet, lies in a slot that was taken. */
    synchronized void put(PrefixHash hash, PrefixHash parent, int slot) {
        Entry entry = new Entry(hash, parent, slot);
        entries.put(hash, entry);
        use(entry);
        behind.merge(parent, 1, Integer::sum);
        Entry before = entries.get(parent);
        if (before != null) {
            leaves.remove(before.used);
        }
    }

    /** What a block's slot held is worthless. */
    synchronized void remove(PrefixHash hash) {
        Entry entry = entries.get(hash);
        if (entry != null) {
            remove(entry);
        }
    }

    private void remove(Entry entry) {
        entries.remove(entry.hash);
        leaves.remove(entry.used);
        release(entry.slot);
        boolean last = behind.merge(entry.parent, -1, (count, change) -> count == 1 ? null : count + change) == null;
        Entry before = entries.get(entry.parent);
        if (last && before != null) {
            leaves.put(before.used, before);
        }
    }

    private void use(Entry entry) {
        leaves.remove(entry.used);
        entry.used = ++clock;
        if (!behind.containsKey(entry.hash)) {
            leaves.put(entry.used, entry);
        }
    }
}
