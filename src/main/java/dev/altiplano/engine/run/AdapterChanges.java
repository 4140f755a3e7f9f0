package dev.altiplano.engine.run;

import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.load.LateAdapter;
import dev.altiplano.engine.load.LoadedModel;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Adapters that come and go while the engine runs: read on the caller's thread, put into the model between two steps. Thread-safe. */
final class AdapterChanges {

    private final EngineOptions.Model options;
    private final LoadedModel loaded;
    private final AdapterTable adapters;
    private final Consumer<Runnable> betweenSteps;

    /** @param betweenSteps returns when the engine thread has run what it is given */
    AdapterChanges(
            EngineOptions.Model options, LoadedModel loaded, AdapterTable adapters, Consumer<Runnable> betweenSteps) {
        this.options = options;
        this.loaded = loaded;
        this.adapters = adapters;
        this.betweenSteps = betweenSteps;
    }

    /** As {@link dev.altiplano.engine.Engine#loadAdapter}. One at a time: what is being read takes room that the next may not count on. */
    synchronized void load(String name, Path path) {
        long freeBytes = adapters.reserve(name);
        LateAdapter late = null;
        boolean added = false;
        try {
            late = LateAdapter.load(options, name, path, freeBytes);
            LateAdapter read = late;
            change(() -> adapters.add(read));
            added = true;
        } finally {
            if (!added) {
                withdraw(name, late);
            }
        }
    }

    private void withdraw(String name, @Nullable LateAdapter late) {
        adapters.withdraw(name);
        if (late != null) {
            late.arena().close();
        }
    }

    /** As {@link dev.altiplano.engine.Engine#unloadAdapter}. */
    void unload(String name) throws InterruptedException {
        adapters.leave(name);
        change(() -> adapters.remove(name));
    }

    private void change(Runnable change) {
        betweenSteps.accept(() -> {
            change.run();
            loaded.model().useAdapters(adapters.placed());
        });
    }
}
