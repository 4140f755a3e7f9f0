package dev.altiplano.server.api;

import dev.altiplano.engine.Engine;
import dev.altiplano.engine.os.ThreadPriorities;
import dev.altiplano.server.config.AltiplanoProperties;
import dev.altiplano.server.config.EngineLifecycle;
import dev.altiplano.server.config.EngineState;
import dev.altiplano.server.config.Understudy;
import dev.altiplano.server.ops.Requests;
import io.micrometer.core.instrument.config.MeterFilter;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.ServerHttpObservationFilter;

/**
 * A flood that the service makes for itself, so that Java has compiled what a flood goes through before there is one: what is
 * interpreted takes ten times as long, and compiling takes processors from those who answer. The requests come through the
 * network like any other, once the model is ready and while nobody asks for anything, go the same way and leave no trace in log
 * and metrics. They are for an {@link Understudy}: the engine that is served computes nothing for them. With TLS there is no
 * rehearsal.
 */
@Component
final class Rehearsal {

    private static final Logger log = LoggerFactory.getLogger(Rehearsal.class);
    /** The path that the requests have for metrics, which do not count it. */
    private static final String PATTERN = "rehearsal";

    private static final Duration BETWEEN_ACTS = Duration.ofMillis(50);
    private static final Duration WHILE_BUSY = Duration.ofMillis(100);

    private final AltiplanoProperties properties;
    private final ServletContext servlets;
    private final EngineLifecycle lifecycle;
    private final Requests requests;
    private final boolean encrypted;
    private final InetAddress address;
    /** Known to this process alone. */
    private final String secret = UUID.randomUUID().toString();

    private volatile @Nullable Stage rehearsed;
    private volatile boolean stopping;

    Rehearsal(
            AltiplanoProperties properties,
            ServerProperties server,
            ServletContext servlets,
            EngineLifecycle lifecycle,
            Requests requests) {
        this.properties = properties;
        this.servlets = servlets;
        this.lifecycle = lifecycle;
        this.requests = requests;
        encrypted = server.getSsl() != null && server.getSsl().isEnabled();
        address = server.getAddress() == null ? InetAddress.getLoopbackAddress() : server.getAddress();
    }

    /** Keeps the requests out of the metrics. */
    @Bean
    static MeterFilter unseenRehearsals() {
        return MeterFilter.deny(meter -> PATTERN.equals(meter.getTag("uri")));
    }

    /** Whether {@code request} is one of the service's own. */
    boolean is(HttpServletRequest request) {
        return rehearsed != null && secret.equals(request.getHeader(Crowd.HEADER));
    }

    /** Where {@code request} belongs. */
    Stage stage(HttpServletRequest request) {
        Stage own = rehearsed;
        return own != null && is(request) ? own : new Stage(lifecycle.state(), requests);
    }

    /** Keeps {@code request}, which has been answered, from being counted if it is one of the service's own. */
    void hide(HttpServletRequest request) {
        if (is(request)) {
            ServerHttpObservationFilter.findObservationContext(request)
                    .ifPresent(observation -> observation.setPathPattern(PATTERN));
        }
    }

    @EventListener
    void ready(EngineState.Ready ready) {
        if (properties.api().rehearsal() > 0 && !encrypted) {
            Thread.ofPlatform().name("altiplano-rehearsal").daemon().start(() -> rehearse(ready.engine()));
        }
    }

    @EventListener
    void stopping(ContextClosedEvent event) {
        stopping = true;
    }

    private void rehearse(Engine served) {
        ThreadPriorities.standBack();
        Crowd crowd = new Crowd(
                new InetSocketAddress(address, lifecycle.port()),
                servlets.getContextPath(),
                secret,
                () -> awaitIdle(served));
        long begin = System.nanoTime();
        int sent = 0;
        try (Requests audience = Requests.unseen();
                Engine understudy = Understudy.open(properties, audience)) {
            rehearsed = new Stage(new EngineState.Ready(understudy), audience);
            try {
                while (sent < properties.api().rehearsal() && !stopping) {
                    sent += crowd.act();
                    // The compiler stands back further than all of this: the next act finds what it finishes now.
                    Thread.sleep(BETWEEN_ACTS);
                }
            } finally {
                // Whoever comes late is still not one of the others.
                rehearsed = new Stage(new EngineState.Closed(), audience);
            }
            log.debug("Rehearsed {} requests in {} ms", sent, (System.nanoTime() - begin) / 1_000_000);
        } catch (IOException | RuntimeException e) {
            // Nobody misses it but a flood in the first seconds.
            log.debug("The rehearsal ended early", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Lets those who ask in earnest go first. */
    private void awaitIdle(Engine served) throws InterruptedException {
        while (served.stats().workPending() && !stopping) {
            Thread.sleep(WHILE_BUSY);
        }
    }
}
