package dev.altiplano.server.config;

import dev.altiplano.engine.Engine;
import dev.altiplano.engine.EngineObserver;
import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.LoadListener;
import dev.altiplano.engine.ModelException;
import dev.altiplano.engine.os.ThreadPriorities;
import dev.altiplano.engine.run.Engines;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The load of the one engine, in a thread of its own. It needs nothing but the settings, so that it begins before there is anyone to
 * hand the engine to: whoever that is comes by {@link #deliverTo}, and {@link #abandon} says that nobody will.
 */
final class EngineLoad {

    private static final Logger log = LoggerFactory.getLogger(EngineLoad.class);

    /** As long as a load from a packed copy takes it goes before what a start compiles; longer ones let health be told first. */
    private static final long HURRY_NS = 2_000_000_000;

    private final AltiplanoProperties properties;
    private final long beginNs = System.nanoTime();
    private final CompletableFuture<EngineLifecycle> receiver = new CompletableFuture<>();
    private volatile EngineState.Loading state = new EngineState.Loading(LoadListener.Phase.OPENING, 0);
    private boolean stoodBack;

    private EngineLoad(AltiplanoProperties properties) {
        this.properties = properties;
    }

    static EngineLoad begin(AltiplanoProperties properties) {
        EngineLoad load = new EngineLoad(properties);
        Thread.ofPlatform().name("altiplano-load").daemon().start(load::run);
        return load;
    }

    /** How far it has come. */
    EngineState.Loading state() {
        return state;
    }

    /** The engine, or why there is none, goes there. */
    void deliverTo(EngineLifecycle lifecycle) {
        receiver.complete(lifecycle);
    }

    /** Without a receiver so far the load ends and leaves nothing. */
    void abandon() {
        receiver.cancel(false);
    }

    private void run() {
        try {
            load();
        } catch (CancellationException e) {
            log.debug("The load was abandoned: the service does not start");
        }
    }

    private void progress(LoadListener.Phase phase, int percent) {
        state = new EngineState.Loading(phase, percent);
        if (!stoodBack && System.nanoTime() - beginNs > HURRY_NS) {
            stoodBack = true;
            ThreadPriorities.letStandBack("altiplano-");
        }
    }

    /** Asked for between the load and the engine's own thread, which stands where this one does when it starts. */
    private EngineObserver observer() {
        ThreadPriorities.letStandBack("altiplano-");
        return receiver.join().observer();
    }

    private void load() {
        try (ModelFiles files = ModelFiles.of(properties.model().path())) {
            log.info("Loading {}", properties.model().path() == null ? "the embedded model" : files.path());
            EngineOptions options = EngineOptionsFactory.from(properties, files.path());
            LoadProgress progress = new LoadProgress(this::progress);
            Engine engine = Engines.open(options, progress, this::observer);
            receiver.join().loaded(engine);
        } catch (CancellationException e) {
            throw e;
        } catch (ModelException e) {
            receiver.join().failed(String.valueOf(e.getMessage()), null);
        } catch (RuntimeException | Error e) {
            // An error here must not take the service down: it stays up and says why it is not ready.
            receiver.join().failed("Loading failed: " + e, e);
        }
    }
}
