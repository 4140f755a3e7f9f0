package dev.altiplano.engine.grammar;

import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A thread-safe cache whose entries have weights; what was not used for longest goes first when their sum is beyond the limit. */
final class BoundedCache<K, V> {

    /** What an entry keeps in memory, perhaps together with others; it is weighed once however many do. */
    record Held(Object object, long weight) {}

    private record Entry<V>(V value, long weight, Held... held) {}

    private final long maxWeight;
    private final Map<K, Entry<V>> entries = new LinkedHashMap<>(64, 0.75f, true);
    /** How many entries keep an object. */
    private final Map<Object, Integer> holders = new IdentityHashMap<>();

    private long weight;

    BoundedCache(long maxWeight) {
        this.maxWeight = maxWeight;
    }

    synchronized @Nullable V get(K key) {
        Entry<V> entry = entries.get(key);
        return entry == null ? null : entry.value();
    }

    /** Keeps {@code value}, unless it is heavier than everything together may be: its own weight and that of what it holds. */
    synchronized void put(K key, V value, long ownWeight, Held... held) {
        // Removed first: the key may hold as much as the value.
        Entry<V> before = entries.remove(key);
        if (before != null) {
            release(before);
        }
        if (ownWeight + Arrays.stream(held).mapToLong(Held::weight).sum() > maxWeight) {
            return;
        }
        Entry<V> entry = new Entry<>(value, ownWeight, held);
        entries.put(key, entry);
        weight += ownWeight;
        for (Held each : held) {
            if (holders.merge(each.object(), 1, Integer::sum) == 1) {
                weight += each.weight();
            }
        }
        var oldest = entries.values().iterator();
        while (weight > maxWeight) {
            release(oldest.next());
            oldest.remove();
        }
    }

    private void release(Entry<V> entry) {
        weight -= entry.weight();
        for (Held each : entry.held()) {
            if (holders.merge(each.object(), -1, Integer::sum) == 0) {
                holders.remove(each.object());
                weight -= each.weight();
            }
        }
    }

    synchronized long weight() {
        return weight;
    }

    synchronized int size() {
        return entries.size();
    }
}
