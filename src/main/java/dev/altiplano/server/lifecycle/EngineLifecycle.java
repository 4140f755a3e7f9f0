package dev.altiplano.server.lifecycle;

import dev.altiplano.engine.Engine;
import dev.altiplano.engine.EngineObserver;
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
 * Has the one engine from the end of its {@linkplain EngineLoad load} on, and drains it before the server closes. How the load
 * ended is told once the server listens. A load that fails leaves the service up, not ready, with the reason in {@link #state}.
 */
@Component
public final class EngineLifecycle implements SmartLifecycle, InitializingBean, DisposableBean {

    private static final Logger log = LoggerFactory.getLogger(EngineLifecycle.class);

    private final EngineLoad load;
    private final EngineObserver observer;
    private final ApplicationEventPublisher events;
    private final ServedAddress address;
    private final Duration drainDeadline;

    private final Object lock = new Object();
    /** What came after the load; null before. */
    private volatile @Nullable EngineState after;

    /** Open once the server listens, or never will. */
    private final CountDownLatch decided = new CountDownLatch(1);

    private volatile int port = 8080;

    EngineLifecycle(
            EngineLoad load,
            EngineObserver observer,
            ApplicationEventPublisher events,
            ServedAddress address,
            @Value("${spring.lifecycle.timeout-per-shutdown-phase:30s}") Duration shutdownPhase) {
        this.load = load;
        this.observer = observer;
        this.events = events;
        this.address = address;
        // What did not end by itself needs a moment of the phase to be told so.
        this.drainDeadline = shutdownPhase.minus(shutdownPhase.dividedBy(10));
    }

    /** Where it is in its life. */
    public EngineState state() {
        EngineState now = after;
        if (now instanceof EngineState.Ready(Engine engine) && !engine.running()) {
            return new EngineState.Ended(engine);
        }
        return now == null ? load.state() : now;
    }

    /** The engine that takes requests; throws {@link NotReadyException} where there is none. */
    public Engine engine() {
        return state().ready();
    }

    /** The engine, whether or not it takes new requests; null while there is none. */
    public @Nullable Engine engineOrNull() {
        return switch (state()) {
            case EngineState.Ready(Engine engine) -> engine;
            case EngineState.Ended(Engine engine) -> engine;
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

    @Override
    public void afterPropertiesSet() {
        load.deliverTo(this);
    }

    /** Is told what the engine does. */
    EngineObserver observer() {
        return observer;
    }

    @Override
    public void start() {
        if (decided.getCount() > 0) {
            log.info("Listening on port {}", port);
            decided.countDown();
        }
    }

    /** The load is over; called by its thread, which waits until the server listens. */
    void loaded(Engine engine) {
        EngineState.Ready ready = new EngineState.Ready(engine);
        if (become(ready)) {
            events.publishEvent(ready);
            log.info(ReadyMessage.of(engine.card(), address.base(port), address.wantsKey()));
        } else {
            engine.close();
        }
    }

    /** The load is over without an engine; called like {@link #loaded}. */
    void failed(String reason, @Nullable Throwable cause) {
        EngineState.Failed failure = new EngineState.Failed(reason);
        if (become(failure)) {
            log.error("The model could not be loaded, the service stays up but not ready: {}", reason, cause);
            events.publishEvent(failure);
        }
    }

    /** Lets {@code next} follow the load when those who are to hear of it are there; not once it has been stopped. */
    private boolean become(EngineState next) {
        try {
            decided.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (lock) {
            if (after != null) {
                return false;
            }
            after = next;
            return true;
        }
    }

    @Override
    public void stop() {
        Engine engine;
        synchronized (lock) {
            engine = engineOrNull();
            if (engine == null) {
                after = new EngineState.Closed();
                load.breakOff();
                return;
            }
            after = new EngineState.Draining(engine);
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
            after = new EngineState.Closed();
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
        return !(after instanceof EngineState.Closed) && decided.getCount() == 0;
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
