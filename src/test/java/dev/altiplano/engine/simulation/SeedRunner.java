package dev.altiplano.engine.simulation;

import java.util.function.LongFunction;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Runs one seed: gives what was found, shrunk and with the line that repeats it, or null. Loaded by name where faults are planted. */
public final class SeedRunner implements LongFunction<@Nullable String> {

    /**
     * Failures that are part of a run are logged as errors. Filtered, since a service that starts beside it sets levels anew; held here,
     * lest they be collected with their filter.
     */
    private static final Logger[] QUIET = Stream.of(
                    "run.EngineLoop",
                    "request.ActiveRequests",
                    "speculate.DraftModel",
                    "cache.tier.HostTier",
                    "cache.tier.TierWork")
            .map(name -> Logger.getLogger("dev.altiplano.engine." + name))
            .peek(logger -> logger.setFilter(record -> false))
            .toArray(Logger[]::new);

    @Override
    public @Nullable String apply(long seed) {
        Scenario scenario = Scenario.of(seed);
        try {
            String ignored = World.run(scenario);
            return null;
        } catch (Violation found) {
            return Shrinker.shrink(scenario, found);
        }
    }
}
