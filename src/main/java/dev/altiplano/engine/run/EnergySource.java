package dev.altiplano.engine.run;

import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.os.EnergyMeter;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What tells the energy that has been used: the machine's counters, or a configured power and the clock. Belongs to the engine
 * thread.
 */
interface EnergySource {

    /** Microjoules since some moment. */
    long microjoules();

    /** Whether the machine measured them. */
    boolean measured();

    /** The best that there is for {@code asked}; null where nobody wants to know, or nothing tells. */
    static @Nullable EnergySource of(EngineOptions.Energy asked, LongSupplier nanoTime) {
        if (!asked.perRequest()) {
            return null;
        }
        EnergyMeter meter = new EnergyMeter();
        if (meter.microjoules().isPresent()) {
            return new Counters(meter);
        }
        if (asked.watts() > 0) {
            return new Configured(asked.watts(), nanoTime, nanoTime.getAsLong());
        }
        System.getLogger(EnergySource.class.getName())
                .log(
                        System.Logger.Level.WARNING,
                        "requests are not told their energy: this machine does not tell (" + meter.reason()
                                + "); altiplano.energy.watts gives a figure to reckon with");
        return null;
    }

    /** The machine's counters: everything that runs on it. */
    final class Counters implements EnergySource {

        private final EnergyMeter meter;
        private long last;

        private Counters(EnergyMeter meter) {
            this.meter = meter;
        }

        @Override
        public long microjoules() {
            OptionalLong now = meter.microjoules();
            // A reading that fails stands still; the next one that succeeds has all of it.
            last = now.orElse(last);
            return last;
        }

        @Override
        public boolean measured() {
            return true;
        }
    }

    /** A power that does not change, from {@code since} on. */
    record Configured(double watts, LongSupplier nanoTime, long since) implements EnergySource {

        @Override
        public long microjoules() {
            return (long) (watts * 1e-3 * (nanoTime.getAsLong() - since));
        }

        @Override
        public boolean measured() {
            return false;
        }
    }
}
