package dev.altiplano.server.api;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Clients of the service within itself: a few that are served, one request after another, and many that come all at once. */
final class Crowd {

    /** Carries the secret that the service knows them by. */
    static final String HEADER = "x-altiplano-rehearsal";

    private static final Logger log = LoggerFactory.getLogger(Crowd.class);
    private static final String LENGTH = "Content-Length:";

    /** Clients that ask again as soon as they are answered: they keep the engine busy and its queue full. */
    private static final int REGULARS = 4;

    private static final int CONNECTIONS = 160;
    private static final int REQUESTS_OF_A_CONNECTION = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** Something to wait for before each request. */
    @FunctionalInterface
    interface Pause {
        void await() throws InterruptedException;
    }

    private final InetSocketAddress service;
    private final String contextPath;
    private final String secret;
    private final Pause pause;

    Crowd(InetSocketAddress service, String contextPath, String secret, Pause pause) {
        this.service = service;
        this.contextPath = contextPath;
        this.secret = secret;
        this.pause = pause;
    }

    /** Floods the service once while regulars keep it busy; returns the number of requests of the flood. */
    int act() throws IOException, InterruptedException {
        AtomicBoolean crowded = new AtomicBoolean(true);
        List<Thread> regulars = new ArrayList<>();
        for (int i = 0; i < REGULARS; i++) {
            byte[] completion = completion("\"max_tokens\":16,\"n\":4,\"stream\":" + (i % 2 == 0));
            regulars.add(Thread.ofPlatform().name("altiplano-regular").daemon().start(() -> ask(completion, crowded)));
        }
        try {
            flood();
        } finally {
            crowded.set(false);
            for (Thread regular : regulars) {
                regular.join();
            }
        }
        return CONNECTIONS * REQUESTS_OF_A_CONNECTION;
    }

    /** One request after another, for as long as it is crowded. */
    private void ask(byte[] completion, AtomicBoolean crowded) {
        try (Socket socket = connect()) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            do {
                pause.await();
                socket.getOutputStream().write(completion);
                readAnswer(in);
            } while (crowded.get());
        } catch (IOException e) {
            log.debug("One left early", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** On each connection one request after another, on all of them at the same time. */
    private void flood() throws IOException, InterruptedException {
        byte[] completion = completion("\"max_tokens\":1");
        byte[] metrics = request("GET", "/metrics", "\r\n");
        List<Socket> connections = new ArrayList<>();
        try {
            for (int i = 0; i < CONNECTIONS; i++) {
                connections.add(connect());
            }
            for (int i = 0; i < REQUESTS_OF_A_CONNECTION; i++) {
                pause.await();
                for (Socket socket : connections) {
                    socket.getOutputStream().write(socket == connections.getFirst() ? metrics : completion);
                }
                for (Socket socket : connections) {
                    readAnswer(new BufferedInputStream(socket.getInputStream()));
                }
            }
        } finally {
            for (Socket socket : connections) {
                socket.close();
            }
        }
    }

    private byte[] completion(String fields) {
        String body = "{\"prompt\":\"Once upon a time\"," + fields + "}";
        return request(
                "POST",
                CompletionController.PATH,
                "Content-Type: application/json\r\n" + LENGTH + " " + body.length() + "\r\n\r\n" + body);
    }

    private byte[] request(String method, String path, String rest) {
        return (method + " " + contextPath + path + " HTTP/1.1\r\nHost: localhost\r\n" + HEADER + ": " + secret + "\r\n"
                        + rest)
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(service.getAddress(), service.getPort());
        socket.setSoTimeout((int) PATIENCE.toMillis());
        socket.setTcpNoDelay(true);
        return socket;
    }

    /** Reads one answer to its end, whose length stands in front, or in front of each of its chunks. */
    private static void readAnswer(InputStream in) throws IOException {
        int length = -1;
        for (String line = readLine(in); !line.isEmpty(); line = readLine(in)) {
            if (line.regionMatches(true, 0, LENGTH, 0, LENGTH.length())) {
                length = Integer.parseInt(line.substring(LENGTH.length()).strip());
            }
        }
        if (length >= 0) {
            in.skipNBytes(length);
            return;
        }
        int chunk;
        do {
            chunk = Integer.parseInt(readLine(in), 16);
            in.skipNBytes(chunk);
            readLine(in);
        } while (chunk > 0);
    }

    private static String readLine(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the connection ended within an answer");
            }
            line.append((char) next);
        }
        return line.toString().strip();
    }
}
