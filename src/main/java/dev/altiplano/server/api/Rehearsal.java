package dev.altiplano.server.api;

import dev.altiplano.engine.Engine;
import dev.altiplano.engine.RefusedException;
import dev.altiplano.server.config.AltiplanoProperties;
import dev.altiplano.server.config.EngineState;
import io.micrometer.core.instrument.config.MeterFilter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.filter.ServerHttpObservationFilter;

/**
 * Refuses requests of the service to itself, so that Java has compiled what a flood goes through before there is one: a refusal
 * that is interpreted takes ten times as long. The requests come through the network like any other, once the model is ready and
 * while nobody asks for anything; they leave no trace in log and metrics.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 2)
final class Rehearsal extends OncePerRequestFilter {

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

    private final int requests;
    private final @Nullable InetAddress address;
    private final Failures failures;
    private volatile int port;
    private volatile boolean stopping;

    Rehearsal(AltiplanoProperties properties, ServerProperties server, Failures failures) {
        requests = properties.api().rehearsal();
        address = server.getSsl() == null ? server.getAddress() : null;
        this.failures = failures;
    }

    /** Keeps the requests out of the metrics. */
    @Bean
    static MeterFilter unseenRehearsals() {
        return MeterFilter.deny(meter -> PATTERN.equals(meter.getTag("uri")));
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (!secret.equals(request.getHeader(HEADER))) {
            chain.doFilter(request, response);
            return;
        }
        ServerHttpObservationFilter.findObservationContext(request)
                .ifPresent(observation -> observation.setPathPattern(PATTERN));
        ErrorWriter.write(
                response,
                failures.of(new RefusedException(
                        RefusedException.Reason.QUEUE_FULL, "a rehearsal", Duration.ofSeconds(1))));
    }

    @EventListener
    void listening(WebServerInitializedEvent event) {
        if (event.getApplicationContext().getServerNamespace() == null) {
            port = event.getWebServer().getPort();
        }
    }

    @EventListener
    void ready(EngineState.Ready ready) {
        if (requests > 0) {
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
            log.debug("Rehearsed {} refusals in {} ms", sent, (System.nanoTime() - begin) / 1_000_000);
        } catch (IOException e) {
            log.debug("The rehearsal of refusals ended early", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** On each connection one request after another, on all of them at the same time. */
    private void act() throws IOException {
        byte[] request = ("POST " + CompletionController.PATH + " HTTP/1.1\r\nHost: localhost\r\n" + HEADER + ": "
                        + secret + "\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
                .getBytes(StandardCharsets.ISO_8859_1);
        List<Socket> connections = new ArrayList<>();
        try {
            for (int i = 0; i < CONNECTIONS; i++) {
                Socket socket = new Socket(address == null ? InetAddress.getLoopbackAddress() : address, port);
                connections.add(socket);
                socket.setSoTimeout((int) PATIENCE.toMillis());
                socket.setTcpNoDelay(true);
            }
            for (int i = 0; i < REQUESTS_OF_A_CONNECTION; i++) {
                for (Socket socket : connections) {
                    socket.getOutputStream().write(request);
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

    /** Reads to the end of the error object, the only place where two braces close. */
    private static void awaitAnswer(InputStream in) throws IOException {
        int before = 0;
        int now = in.read();
        while (before != '}' || now != '}') {
            if (now < 0) {
                throw new EOFException("the connection ended within an answer");
            }
            before = now;
            now = in.read();
        }
    }
}
