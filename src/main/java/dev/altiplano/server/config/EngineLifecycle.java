package dev.altiplano.server.config;

import dev.altiplano.engine.Engine;
import dev.altiplano.engine.EngineObserver;
import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.LoadListener;
import dev.altiplano.engine.ModelException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Loads the one engine beside the start of the server, and drains it before the server closes. How the load ended is told once
 * the server listens. A load that fails leaves the service up, not ready, with the reason in {@link #state}.
 */
@Component
public final class EngineLifecycle implements SmartLifecycle, InitializingBean, DisposableBean {

    private static final Logger log = LoggerFactory.getLogger(EngineLifecycle.class);

    private final AltiplanoProperties properties;
    private final EngineObserver observer;
    private final ApplicationEventPublisher events;
    private final Duration drainDeadline;

    private final Object lock = new Object();
    private volatile EngineState state = new EngineState.Loading(LoadListener.Phase.OPENING, 0);
    /** Open once the server listens, or never will. */
    private final CountDownLatch decided = new CountDownLatch(1);

    private volatile int port = 8080;

    EngineLifecycle(
            AltiplanoProperties properties,
            EngineObserver observer,
            ApplicationEventPublisher events,
            @Value("${spring.lifecycle.timeout-per-shutdown-phase:30s}") Duration shutdownPhase) {
        this.properties = properties;
        this.observer = observer;
        this.events = events;
        // What did not end by itself needs a moment of the phase to be told so.
        this.drainDeadline = shutdownPhase.minus(shutdownPhase.dividedBy(10));
    }

    /** Where it is in its life. */
    public EngineState state() {
        return state;
    }

    /** The engine that takes requests; throws {@link NotReadyException} where there is none. */
    public Engine engine() {
        return state.ready();
    }

    /** The engine, whether or not it takes new requests; null while there is none. */
    public @Nullable Engine engineOrNull() {
        return switch (state) {
            case EngineState.Ready(Engine engine) -> engine;
            case EngineState.Draining(Engine engine) -> engine;
            case EngineState.Loading l -> null;
            case EngineState.Failed f -> null;
            case EngineState.Closed c -> null;
        };
    }

    /** Where the service listens. */
    public int port() {
        return port;
    }

    @EventListener
    void listening(WebServerInitializedEvent event) {
        // Management on a port of its own is a server of its own, with a name.
        if (event.getApplicationContext().getServerNamespace() == null) {
            port = event.getWebServer().getPort();
        }
    }

    /** The load needs nothing of the server but its settings, so that the two can go side by side. */
    @Override
    public void afterPropertiesSet() {
        Thread.ofPlatform().name("altiplano-load").daemon().start(this::load);
    }

    @Override
    public void start() {
        if (decided.getCount() > 0) {
            log.info("Listening on port {}", port);
            decided.countDown();
        }
    }

    private void load() {
        Engine.standBack();
        try (ModelFiles files = ModelFiles.of(properties.model().path())) {
            log.info("Loading {}", properties.model().path() == null ? "the embedded model" : files.path());
            EngineOptions options = EngineOptionsFactory.from(properties, files.path());
            LoadProgress progress = new LoadProgress(this::loading);
            Engine engine = Engine.open(options, progress, observer);
            EngineState.Ready ready = new EngineState.Ready(engine);
            if (become(ready)) {
                events.publishEvent(ready);
                log.info(ReadyMessage.of(engine.card(), port));
            } else {
                engine.close();
            }
        } catch (ModelException e) {
            fail(String.valueOf(e.getMessage()), null);
        } catch (RuntimeException | Error e) {
            // An error here must not take the service down: it stays up and says why it is not ready.
            fail("Loading failed: " + e, e);
        }
    }

    private void loading(LoadListener.Phase phase, int percent) {
        step(new EngineState.Loading(phase, percent));
    }

    private void fail(String reason, @Nullable Throwable cause) {
        if (become(new EngineState.Failed(reason))) {
            log.error("The model could not be loaded, the service stays up but not ready: {}", reason, cause);
        }
    }

    /** Steps out of {@code Loading} when those who are to hear of it are there; not once it has been stopped. */
    private boolean become(EngineState next) {
        try {
            decided.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return step(next);
    }

    private boolean step(EngineState next) {
        synchronized (lock) {
            if (!(state instanceof EngineState.Loading)) {
                return false;
            }
            state = next;
            return true;
        }
    }

    @Override
    public void stop() {
        Engine engine;
        synchronized (lock) {
            engine = engineOrNull();
            if (engine == null) {
                state = new EngineState.Closed();
                return;
            }
            state = new EngineState.Draining(engine);
        }
        try {
            log.info(
                    "Stopping: new requests are refused, {} accepted ones may take up to {} s",
                    accepted(engine),
                    drainDeadline.toSeconds());
            if (engine.drain(drainDeadline)) {
                log.info("Stopping: everything accepted has been answered");
            } else {
                log.warn("Stopping: {} requests did not end in time and are told so", accepted(engine));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            engine.close();
            state = new EngineState.Closed();
        }
    }

    private static int accepted(Engine engine) {
        return engine.stats().requestsWaiting() + engine.stats().requestsRunning();
    }

    @Override
    public void stop(Runnable callback) {
        Thread.ofPlatform().name("altiplano-drain").start(() -> {
            try {
                stop();
            } finally {
                callback.run();
            }
        });
    }

    @Override
    public boolean isRunning() {
        return !(state instanceof EngineState.Closed) && decided.getCount() == 0;
    }

    /** After a start that failed nobody else ends the load. */
    @Override
    public void destroy() {
        stop();
        decided.countDown();
    }

    /** The last to start and the first to stop: before the server stops listening. */
    @Override
    public int getPhase() {
        return DEFAULT_PHASE;
    }
}
