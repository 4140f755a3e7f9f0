package dev.altiplano.engine.run;

import dev.altiplano.engine.Engine;
import dev.altiplano.engine.EngineObserver;
import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.LoadListener;
import dev.altiplano.engine.ModelException;
import dev.altiplano.engine.load.LoadedModel;
import dev.altiplano.engine.load.ModelLoader;
import java.util.function.Supplier;

/** Opens engines. */
public final class Engines {

    private Engines() {}

    /**
     * Loads a model and starts the engine thread; returns when it has been warmed up.
     *
     * @throws ModelException when the model cannot be used as it is or as configured; nothing stays allocated
     */
    public static Engine open(EngineOptions options, LoadListener listener, EngineObserver observer) {
        return open(options, listener, () -> observer);
    }

    /** The same for an observer that need not be there yet: it is asked for, and may be waited for, when the model has been loaded. */
    public static Engine open(EngineOptions options, LoadListener listener, Supplier<EngineObserver> observer) {
        LoadedModel loaded = new ModelLoader(options, listener).load();
        try {
            return new RunningEngine(options, loaded, observer.get(), Surroundings.SYSTEM).start();
        } catch (RuntimeException | Error e) {
            loaded.close();
            throw e;
        }
    }
}
