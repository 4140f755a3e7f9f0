package dev.altiplano.server.ops;

import dev.altiplano.engine.Engine;
import dev.altiplano.server.lifecycle.EngineLifecycle;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * A registrar of gauges and counters over one record of the engine's statistics.
 *
 * @param none what the statistics are while there is no engine
 */
record StatsMeters<S>(
        PrometheusMeterRegistry registry, EngineLifecycle lifecycle, Function<Engine, S> statistics, S none) {

    /** Registers a gauge; {@code tags} are names, each with its value behind it. */
    void gauge(String name, String description, ToDoubleFunction<S> value, String... tags) {
        Gauge.builder(name, lifecycle, l -> value.applyAsDouble(current(l)))
                .description(description)
                .tags(tags)
                .register(registry);
    }

    /** Registers a counter, likewise. */
    void counter(String name, String description, ToDoubleFunction<S> value, String... tags) {
        FunctionCounter.builder(name, lifecycle, l -> value.applyAsDouble(current(l)))
                .description(description)
                .tags(tags)
                .register(registry);
    }

    private S current(EngineLifecycle lifecycle) {
        Engine engine = lifecycle.engineOrNull();
        return engine == null ? none : statistics.apply(engine);
    }
}
