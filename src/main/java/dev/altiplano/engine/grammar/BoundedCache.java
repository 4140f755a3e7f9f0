package dev.altiplano.engine.grammar;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A thread-safe cache whose entries have weights; what was not used for longest goes first when their sum is beyond the limit. */
final class BoundedCache<K, V> {

    private record Entry<V>(V value, long weight) {}

    private final long maxWeight;
    private final Map<K, Entry<V>> entries = new LinkedHashMap<>(64, 0.75f, true);
    private long weight;

    BoundedCache(long maxWeight) {
        this.maxWeight = maxWeight;
    }

    synchronized @Nullable V get(K key) {
        Entry<V> entry = entries.get(key);
        return entry == null ? null : entry.value();
    }

    /** Keeps {@code value}, unless it is heavier than everything together may be. */
    synchronized void put(K key, V value, long valueWeight) {
        if (valueWeight > maxWeight) {
            return;
        }
        Entry<V> before = entries.put(key, new Entry<>(value, valueWeight));
        weight += valueWeight - (before == null ? 0 : before.weight());
        var oldest = entries.entrySet().iterator();
        while (weight > maxWeight) {
            weight -= oldest.next().getValue().weight();
            oldest.remove();
        }
    }

    synchronized int size() {
        return entries.size();
    }
}
