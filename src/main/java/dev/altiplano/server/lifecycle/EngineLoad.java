package dev.altiplano.server.lifecycle;

import dev.altiplano.engine.Engine;
import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.LoadListener;
import dev.altiplano.engine.ModelException;
import dev.altiplano.engine.checkpoint.fetch.FetchException;
import dev.altiplano.engine.run.Engines;
import dev.altiplano.server.config.AltiplanoProperties;
import dev.altiplano.server.config.EngineOptionsFactory;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationFailedEvent;
import org.springframework.boot.context.event.ApplicationPreparedEvent;
import org.springframework.boot.context.event.SpringApplicationEvent;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The load of the one engine, in a thread of its own. It begins once the settings are known and before any bean is made, so that
 * Spring's start and the engine's share the processors; the engine is handed to the {@link EngineLifecycle} that comes by
 * {@link #deliverTo}, and closed where the start fails before there is one. One for each start, made by Spring.
 */
final class EngineLoad implements ApplicationListener<SpringApplicationEvent> {

    private static final Logger log = LoggerFactory.getLogger(EngineLoad.class);

    private final CompletableFuture<EngineLifecycle> receiver = new CompletableFuture<>();
    /** The thread that fetches the model; null once that is over. */
    private volatile @Nullable Thread fetcher;

    private volatile EngineState.Loading state = new EngineState.Loading(LoadListener.Phase.OPENING, 0);

    @Override
    public void onApplicationEvent(SpringApplicationEvent event) {
        if (event instanceof ApplicationPreparedEvent prepared) {
            ConfigurableApplicationContext context = prepared.getApplicationContext();
            AltiplanoProperties properties =
                    Binder.get(context.getEnvironment()).bindOrCreate("altiplano", AltiplanoProperties.class);
            Map<String, String> environment = FetchEnvironment.of(context.getEnvironment());
            Thread.ofPlatform().name("altiplano-load").daemon().start(() -> run(properties, environment));
            context.getBeanFactory().registerSingleton("engineLoad", this);
        } else if (event instanceof ApplicationFailedEvent) {
            receiver.cancel(false);
            breakOff();
        }
    }

    /** How far it has come. */
    EngineState.Loading state() {
        return state;
    }

    /** The engine, or why there is none, goes there. */
    void deliverTo(EngineLifecycle lifecycle) {
        receiver.complete(lifecycle);
    }

    /** Nobody waits for the engine any more: what is being fetched is broken off, for the next start to go on with. */
    void breakOff() {
        Thread fetching = fetcher;
        if (fetching != null) {
            fetching.interrupt();
        }
    }

    private void run(AltiplanoProperties properties, Map<String, String> environment) {
        LoadProgress progress = new LoadProgress((phase, percent) -> state = new EngineState.Loading(phase, percent));
        try (ModelFiles files = files(properties, environment, progress)) {
            log.info("Loading {}", properties.model().path() == null ? "the embedded model" : files.path());
            Double bar = properties.model().maxDivergence();
            if (bar != null) {
                new DivergenceBar(bar).check(files.path());
            }
            EngineOptions options = EngineOptionsFactory.from(properties, files.path(), files.draft());
            Engine engine =
                    Engines.open(options, progress, () -> receiver.join().observer());
            receiver.join().loaded(engine);
        } catch (CancellationException e) {
            log.debug("The load was abandoned: the service does not start");
        } catch (InterruptedException e) {
            log.info("Fetching the model was interrupted: the next start continues it");
        } catch (FetchException e) {
            failed("The model could not be fetched: " + e.getMessage(), null);
        } catch (ModelException e) {
            failed(String.valueOf(e.getMessage()), null);
        } catch (RuntimeException | Error e) {
            // An error here must not take the service down: it stays up and says why it is not ready.
            failed("Loading failed: " + e, e);
        }
    }

    private ModelFiles files(AltiplanoProperties properties, Map<String, String> environment, LoadProgress progress)
            throws InterruptedException {
        fetcher = Thread.currentThread();
        try {
            if (receiver.isCancelled()) {
                throw new CancellationException();
            }
            return ModelFiles.of(
                    properties.model(), properties.engine().draftModel().path(), environment, progress);
        } finally {
            fetcher = null;
        }
    }

    private void failed(String reason, @Nullable Throwable cause) {
        if (!receiver.isCancelled()) {
            receiver.join().failed(reason, cause);
        }
    }
}
