package dev.altiplano.server.api;

import dev.altiplano.engine.Engine;
import dev.altiplano.engine.RefusedException;
import dev.altiplano.server.config.AltiplanoProperties;
import dev.altiplano.server.config.EngineState;
import dev.altiplano.server.ops.Requests;
import io.micrometer.core.instrument.config.MeterFilter;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.ServerHttpObservationFilter;

/**
 * Refuses requests of the service to itself, so that Java has compiled what a flood goes through before there is one: a refusal
 * that is interpreted takes ten times as long. The requests come through the network like any other, once the model is ready and
 * while nobody asks for anything, and go the same way to {@link Door}; they leave no trace in log and metrics. One in fifty
 * asks whether the service is alive, and is counted as that: a compiler that has seen nothing but refusals takes everything else
 * for impossible, and begins anew when it comes. With TLS there is no rehearsal.
 */
@Component
final class Rehearsal implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Rehearsal.class);
    private static final String HEADER = "x-altiplano-rehearsal";
    /** The path that the requests have for metrics, which do not count it. */
    private static final String PATTERN = "rehearsal";

    private static final int CONNECTIONS = 50;
    private static final int REQUESTS_OF_A_CONNECTION = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration WHILE_BUSY = Duration.ofMillis(100);

    /** Known to this process alone: nobody else gets past keys and queue to be refused here. */
    private final String secret = UUID.randomUUID().toString();

    private final Requests audience = Requests.unseen();
    private final int requests;
    private final boolean encrypted;
    private final InetAddress address;
    private final ServletContext servlets;
    private final Failures failures;
    private volatile int port;
    private volatile boolean stopping;

    Rehearsal(AltiplanoProperties properties, ServerProperties server, ServletContext servlets, Failures failures) {
        this.servlets = servlets;
        requests = properties.api().rehearsal();
        encrypted = server.getSsl() != null && server.getSsl().isEnabled();
        address = server.getAddress() == null ? InetAddress.getLoopbackAddress() : server.getAddress();
        this.failures = failures;
    }

    /** Keeps the requests out of the metrics. */
    @Bean
    static MeterFilter unseenRehearsals() {
        return MeterFilter.deny(meter -> PATTERN.equals(meter.getTag("uri")));
    }

    /** Whether {@code request} is one of the service's own, which nothing but a refusal can come of. */
    boolean is(HttpServletRequest request) {
        return Door.asksForACompletion(request) && secret.equals(request.getHeader(HEADER));
    }

    /** What {@code request}, one of the service's own, is told. */
    ApiException refusal(HttpServletRequest request) {
        ServerHttpObservationFilter.findObservationContext(request)
                .ifPresent(observation -> observation.setPathPattern(PATTERN));
        return failures.of(
                new RefusedException(RefusedException.Reason.QUEUE_FULL, "a rehearsal", Duration.ofSeconds(1)));
    }

    /** Who hears of them. */
    Requests requests() {
        return audience;
    }

    @EventListener
    void listening(WebServerInitializedEvent event) {
        if (event.getApplicationContext().getServerNamespace() == null) {
            port = event.getWebServer().getPort();
        }
    }

    @EventListener
    void ready(EngineState.Ready ready) {
        if (requests > 0 && !encrypted) {
            Thread.ofPlatform().name("altiplano-rehearsal").daemon().start(() -> rehearse(ready.engine()));
        }
    }

    @EventListener
    void stopping(ContextClosedEvent event) {
        stopping = true;
    }

    private void rehearse(Engine engine) {
        Engine.standBack();
        long begin = System.nanoTime();
        int sent = 0;
        try {
            while (sent < requests && !stopping) {
                if (engine.stats().requestsRunning() > 0) {
                    Thread.sleep(WHILE_BUSY);
                } else {
                    act();
                    sent += CONNECTIONS * REQUESTS_OF_A_CONNECTION;
                }
            }
            log.debug("Rehearsed {} requests in {} ms", sent, (System.nanoTime() - begin) / 1_000_000);
        } catch (IOException e) {
            log.debug("The rehearsal of refusals ended early", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** On each connection one request after another, on all of them at the same time. */
    private void act() throws IOException {
        byte[] refused = ("POST " + servlets.getContextPath() + CompletionController.PATH
                        + " HTTP/1.1\r\nHost: localhost\r\n" + HEADER + ": " + secret
                        + "\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
                .getBytes(StandardCharsets.ISO_8859_1);
        byte[] other = ("GET " + servlets.getContextPath() + "/livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
        List<Socket> connections = new ArrayList<>();
        try {
            for (int i = 0; i < CONNECTIONS; i++) {
                Socket socket = new Socket(address, port);
                connections.add(socket);
                socket.setSoTimeout((int) PATIENCE.toMillis());
                socket.setTcpNoDelay(true);
            }
            for (int i = 0; i < REQUESTS_OF_A_CONNECTION; i++) {
                for (Socket socket : connections) {
                    socket.getOutputStream().write(socket == connections.getFirst() ? other : refused);
                }
                for (Socket socket : connections) {
                    awaitAnswer(new BufferedInputStream(socket.getInputStream()));
                }
            }
        } finally {
            for (Socket socket : connections) {
                socket.close();
            }
        }
    }

    /** Reads one answer, which is a JSON object: to where its braces are closed. */
    private static void awaitAnswer(InputStream in) throws IOException {
        int open = 0;
        boolean begun = false;
        do {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("the connection ended within an answer");
            }
            open += next == '{' ? 1 : next == '}' ? -1 : 0;
            begun |= next == '{';
        } while (!begun || open > 0);
    }

    @Override
    public void close() {
        audience.close();
    }
}
