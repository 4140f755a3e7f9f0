package dev.altiplano.engine.run;

import dev.altiplano.engine.EngineObserver;
import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.EngineStats;
import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.engine.cache.tier.HostTier;
import dev.altiplano.engine.load.LoadedModel;
import dev.altiplano.engine.request.ActiveRequest;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The engine without its thread, for tests that take each step themselves, with a clock, chance and rest of their own. */
public final class SteppedEngine {

    private final RunningEngine engine;

    /**
     * @param nanoTime the clock
     * @param seeds for requests that bring none
     * @param woken runs where the engine thread would be woken
     * @param tier keeps prefixes beyond memory; its end is not the engine's business
     */
    public SteppedEngine(
            EngineOptions options,
            LoadedModel loaded,
            EngineObserver observer,
            LongSupplier nanoTime,
            LongSupplier seeds,
            Runnable woken,
            @Nullable HostTier tier) {
        engine = new RunningEngine(options, loaded, observer, new Surroundings() {
            @Override
            public long nanoTime() {
                return nanoTime.getAsLong();
            }

            @Override
            public long seed() {
                return seeds.getAsLong();
            }

            @Override
            public @Nullable HostTier tier(EngineOptions asked, LoadedModel model) {
                return tier;
            }

            @Override
            public void park(long nanos) {
                throw new IllegalStateException("this engine has no thread");
            }

            @Override
            public void unpark(Thread thread) {
                woken.run();
            }
        });
    }

    /** As {@link dev.altiplano.engine.Engine#submit}. */
    public ActiveRequest submit(GenerationRequest request) {
        return (ActiveRequest) engine.submit(request);
    }

    /** Takes a step; false when there was nothing to do. */
    public boolean turn() {
        return engine.loop().turn();
    }

    /** Does what the engine thread does, which here fails as soon as there is nothing to do. */
    public void run() {
        engine.loop().run();
    }

    /** Refuses all that comes from now on. */
    public void closeQueue() {
        try {
            boolean ignored = engine.drain(Duration.ZERO);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Ends all, as the engine thread does before its end. */
    public void endAll() {
        engine.loop().endAll();
    }

    public EngineStats stats() {
        return engine.stats();
    }

    /** What the engine is made of, for a look inside. */
    public Object inside() {
        return engine.loop();
    }
}
