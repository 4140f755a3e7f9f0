package dev.altiplano.engine.run;

import dev.altiplano.engine.AdapterNames;
import dev.altiplano.engine.InvalidRequestException;
import dev.altiplano.engine.load.LateAdapter;
import dev.altiplano.engine.model.Adapter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The adapters that requests may name, and how many requests use each. Thread-safe, but for {@link #placeOf} and {@link #placed},
 * which belong to the engine thread.
 */
final class AdapterTable implements AutoCloseable {

    /** An adapter, or the room for one that is being read. */
    private static final class Entry {
        private @Nullable Adapter adapter;
        private @Nullable LateAdapter late;
        private boolean leaving;
        private int waiting;
        private int running;

        boolean usable() {
            return adapter != null && !leaving;
        }
    }

    private final int maximum;
    private final long roomBytes;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private List<Adapter> placed = List.of();

    /**
     * @param maximum how many there can be
     * @param roomBytes what those may take that come later
     */
    AdapterTable(List<Adapter> first, int maximum, long roomBytes) {
        this.maximum = Math.max(maximum, first.size());
        this.roomBytes = roomBytes;
        for (Adapter adapter : first) {
            Entry entry = new Entry();
            entry.adapter = adapter;
            entries.put(adapter.name(), entry);
        }
        place();
    }

    synchronized AdapterNames names() {
        return new AdapterNames(
                named(Entry::usable), named(entry -> entry.running > 0), named(entry -> entry.waiting > 0), maximum);
    }

    private List<String> named(Predicate<Entry> wanted) {
        List<String> names = new ArrayList<>();
        entries.forEach((name, entry) -> {
            if (wanted.test(entry)) {
                names.add(name);
            }
        });
        return names;
    }

    /**
     * A request names an adapter, which stays until the request has {@linkplain #ended ended}.
     *
     * @return its digest; empty for the model alone
     * @throws InvalidRequestException where there is none of that name
     */
    synchronized String acquire(@Nullable String name) {
        if (name == null) {
            return "";
        }
        Entry entry = usable(name);
        entry.waiting++;
        return digest(entry);
    }

    /** The digest of an adapter that requests may name; empty where there is none of that name. */
    synchronized String digest(@Nullable String name) {
        Entry entry = name == null ? null : entries.get(name);
        return entry == null ? "" : digest(entry);
    }

    private static String digest(Entry entry) {
        return entry.adapter == null ? "" : entry.adapter.digest();
    }

    private Entry usable(String name) {
        Entry entry = entries.get(name);
        if (entry == null || !entry.usable()) {
            List<String> names = named(Entry::usable);
            throw new InvalidRequestException(
                    "model",
                    "model_not_found",
                    "there is no adapter called " + name
                            + (names.isEmpty() ? ": none is loaded" : "; there are " + String.join(", ", names)));
        }
        return entry;
    }

    /** A request that named an adapter takes part in its first step. */
    synchronized void started(@Nullable String name) {
        Entry entry = name == null ? null : entries.get(name);
        if (entry != null) {
            entry.waiting--;
            entry.running++;
        }
    }

    /** It has ended, or was refused after all. */
    synchronized void ended(@Nullable String name, boolean started) {
        Entry entry = name == null ? null : entries.get(name);
        if (entry != null) {
            entry.running -= started ? 1 : 0;
            entry.waiting -= started ? 0 : 1;
            notifyAll();
        }
    }

    /** Keeps a place for an adapter that is about to be read; returns how many bytes it may take. */
    synchronized long reserve(String name) {
        if (entries.containsKey(name)) {
            throw new InvalidRequestException(
                    "lora_name", "adapter_exists", "there is an adapter called " + name + " already: unload it first");
        }
        if (entries.size() >= maximum) {
            throw new InvalidRequestException(
                    "lora_name",
                    "too_many_adapters",
                    "there are " + entries.size() + " adapters, and no more than " + maximum
                            + " can be: unload one, or raise altiplano.adapter-route.max-adapters");
        }
        entries.put(name, new Entry());
        return roomBytes
                - entries.values().stream()
                        .mapToLong(entry -> entry.late == null ? 0 : entry.late.bytes())
                        .sum();
    }

    /** It could not be read. */
    synchronized void withdraw(String name) {
        entries.remove(name);
    }

    /** It is in memory. On the engine thread, between two steps. */
    synchronized void add(LateAdapter late) {
        Entry entry = entries.get(late.adapter().name());
        if (entry == null) {
            throw new IllegalStateException(
                    "no place was kept for " + late.adapter().name());
        }
        entry.late = late;
        entry.adapter = late.adapter();
        place();
    }

    /** Lets no further request name it, and waits for those that have; who is interrupted meanwhile leaves it as it was. */
    synchronized void leave(String name) throws InterruptedException {
        Entry entry = usable(name);
        entry.leaving = true;
        try {
            while (entry.waiting + entry.running > 0) {
                wait();
            }
        } catch (InterruptedException e) {
            entry.leaving = false;
            throw e;
        }
    }

    /** Nobody uses it any more. On the engine thread, between two steps. */
    synchronized void remove(String name) {
        Entry entry = entries.remove(name);
        place();
        if (entry != null && entry.late != null) {
            entry.late.arena().close();
        }
    }

    private void place() {
        placed = entries.values().stream()
                .map(entry -> entry.adapter)
                .filter(adapter -> adapter != null)
                .toList();
    }

    /** What rows of a batch may have. */
    List<Adapter> placed() {
        return placed;
    }

    /** The place among {@link #placed} of an adapter that a request has acquired; -1 for null. */
    int placeOf(@Nullable String name) {
        if (name != null) {
            for (int i = 0; i < placed.size(); i++) {
                if (placed.get(i).name().equals(name)) {
                    return i;
                }
            }
        }
        return -1;
    }

    /** Frees those that came later; when no step runs any more. */
    @Override
    public synchronized void close() {
        entries.values().forEach(entry -> {
            if (entry.late != null) {
                entry.late.arena().close();
            }
        });
        entries.clear();
        notifyAll();
    }
}
