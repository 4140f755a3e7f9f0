package dev.altiplano.engine.run;

import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.cache.tier.HostTier;
import dev.altiplano.engine.load.LoadedModel;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** What an engine takes from the world around it: time, chance, energy, a file of prefixes, and rest for its thread. Thread-safe. */
interface Surroundings {

    /** Those of the process. */
    Surroundings SYSTEM = new Surroundings() {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public long seed() {
            return ThreadLocalRandom.current().nextLong();
        }

        @Override
        public void park(long nanos) {
            LockSupport.parkNanos(this, nanos);
        }

        @Override
        public void unpark(Thread thread) {
            LockSupport.unpark(thread);
        }
    };

    /** Nanoseconds since some moment. */
    long nanoTime();

    /** A number that nobody can tell in advance, for requests that bring no seed. */
    long seed();

    /** What tells the energy for {@code asked}; null where nobody wants to know, or nothing tells. */
    default @Nullable EnergySource energy(EngineOptions.Energy asked) {
        return EnergySource.of(asked, this::nanoTime);
    }

    /** What keeps prefixes of {@code loaded} beyond memory; null where nothing is to. */
    default @Nullable HostTier tier(EngineOptions options, LoadedModel loaded) {
        EngineOptions.Tier asked = options.kv().tier();
        return asked == null
                ? null
                : HostTier.open(
                        asked.path(), asked.maxBytes(), HexFormat.of().parseHex(loaded.kvFingerprint()), loaded.kv());
    }

    /** Lets the calling thread rest until it is unparked, {@code nanos} have passed, or for no reason. */
    void park(long nanos);

    /** Ends the rest of {@code thread}, or its next one. */
    void unpark(Thread thread);
}
