package dev.altiplano.server.ops;

import dev.altiplano.engine.os.EnergyMeter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** The energy of the machine as a counter, where the machine tells it; a scrape in a few minutes keeps it right. */
@Component
final class EnergyMetrics {

    private static final Logger log = LoggerFactory.getLogger(EnergyMetrics.class);

    private final EnergyMeter meter = new EnergyMeter();

    EnergyMetrics(MeterRegistry registry) {
        boolean told = meter.joules().isPresent();
        Gauge.builder("altiplano.energy.told", () -> told ? 1 : 0)
                .description("1 where the machine tells its energy, which altiplano_energy_joules_total then counts")
                .register(registry);
        if (told) {
            FunctionCounter.builder("altiplano.energy.joules", this, EnergyMetrics::joules)
                    .description("Energy of the machine's processor packages since the start, whatever ran on them")
                    .register(registry);
        } else {
            log.debug("energy: {}", meter.text());
        }
    }

    /** Scrapes come from several threads, the meter belongs to one. */
    private synchronized double joules() {
        return meter.joules().orElse(Double.NaN);
    }
}
