package dev.altiplano.server.mix;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Clients that ask for what costs much or nothing, read slowly, leave, or send a byte at a time; all with one key, until they are stopped. */
final class HostileClients {

    private static final Set<Integer> EXPECTED = Set.of(200, 400, 408, 413, 429, 503);
    private static final int BURST = 64;

    /** What one client does again and again. */
    private interface Deed {
        void run(Random random) throws IOException, InterruptedException;
    }

    private final HttpClient client;
    private final URI service;
    private final String key;
    private final long seed;
    /** Whether they go on for longer than their requests may wait, so that some are answered with 504. */
    private final boolean deadlinesPass;

    private final List<Thread> threads = new ArrayList<>();
    /** How often each ended how. */
    private final Map<String, AtomicInteger> outcomes = new ConcurrentSkipListMap<>();

    private final List<String> surprises = Collections.synchronizedList(new ArrayList<>());
    private volatile boolean stopped;

    HostileClients(HttpClient client, URI service, String key, long seed, boolean deadlinesPass) {
        this.client = client;
        this.service = service;
        this.key = key;
        this.seed = seed;
        this.deadlinesPass = deadlinesPass;
    }

    void start() {
        String once = "\"Once\"";
        String ids = "[" + String.join(",", Collections.nCopies(1900, "5")) + "]";
        String free = "],\"n\":16,\"max_tokens\":0}";
        String freeShort = "{\"prompt\":[" + String.join(",", Collections.nCopies(16, once)) + free;
        String freeLong = "{\"prompt\":[" + String.join(",", Collections.nCopies(16, ids)) + free;
        String giant = "{\"prompt\":[" + String.join(",", Collections.nCopies(128, once))
                + "],\"n\":2,\"max_tokens\":64,\"ignore_eos\":true}";
        String letters = "{\"prompt\":\"" + "a".repeat(1 << 20) + "\"}";
        String small = "{\"prompt\":\"Once\",\"max_tokens\":4}";
        start("free", 3, random -> post("free", "/v1/completions", freeShort));
        start("free long", 1, random -> post("free long", "/v1/completions", freeLong));
        start("giant", 1, random -> post("giant", "/v1/completions", giant));
        start("letters", 1, random -> post("letters", random.nextBoolean() ? "/tokenize" : "/v1/completions", letters));
        start("flood", 1, random -> flood(small));
        start("slow", 4, this::readSlowly);
        start("leaving", 4, this::leave);
        start("trickle", 4, this::trickle);
    }

    private void start(String name, int count, Deed deed) {
        for (int i = 0; i < count; i++) {
            Random random = new Random(seed + threads.size());
            threads.add(Thread.ofVirtual().name(name).start(() -> {
                while (!stopped) {
                    try {
                        deed.run(random);
                    } catch (IOException e) {
                        surprises.add(name + ": " + e);
                        count(name + " broken");
                    } catch (InterruptedException e) {
                        return;
                    }
                }
            }));
        }
    }

    /** Lets each finish what it does; returns what should not have happened. */
    List<String> stop() throws InterruptedException {
        stopped = true;
        for (Thread thread : threads) {
            thread.join();
        }
        return List.copyOf(surprises);
    }

    Map<String, AtomicInteger> outcomes() {
        return outcomes;
    }

    private void count(String outcome) {
        outcomes.computeIfAbsent(outcome, name -> new AtomicInteger()).incrementAndGet();
    }

    private void post(String name, String path, String json) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(service.resolve(path))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + key)
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build();
        int status =
                client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        count(name + " " + status);
        if (!EXPECTED.contains(status) && !(status == 504 && deadlinesPass)) {
            surprises.add(name + ": status " + status);
        }
    }

    private void flood(String json) throws InterruptedException {
        List<Thread> burst = new ArrayList<>();
        for (int i = 0; i < BURST; i++) {
            burst.add(Thread.startVirtualThread(() -> {
                try {
                    post("flood", "/v1/completions", json);
                } catch (IOException | InterruptedException e) {
                    surprises.add("flood: " + e);
                }
            }));
        }
        for (Thread each : burst) {
            each.join();
        }
        Thread.sleep(300);
    }

    private Socket ask(String json) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress("127.0.0.1", service.getPort()));
        socket.setSoTimeout(60_000);
        send(socket, head(json.length()) + json);
        return socket;
    }

    private String head(int length) {
        return "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + key
                + "\r\nContent-Type: application/json\r\nContent-Length: " + length + "\r\nConnection: close\r\n\r\n";
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Takes little at a time, and all in the end. */
    private void readSlowly(Random random) throws IOException, InterruptedException {
        try (Socket socket = ask(
                "{\"prompt\":\"Once\",\"n\":4,\"max_tokens\":300,\"ignore_eos\":true,\"stream\":true,\"logprobs\":1}")) {
            InputStream in = socket.getInputStream();
            byte[] buffer = new byte[4096];
            String end = "";
            String begin = "";
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                String read = new String(buffer, 0, count, StandardCharsets.US_ASCII);
                begin = begin.isEmpty() ? read : begin;
                end = (end + read).substring(Math.max(0, end.length() + read.length() - 100));
                if (!stopped) {
                    Thread.sleep(random.nextInt(40));
                }
            }
            boolean refused = begin.startsWith("HTTP/1.1 429") || begin.startsWith("HTTP/1.1 503");
            count("slow " + (refused ? "refused" : "read"));
            if (!refused && !end.contains("data: [DONE]")) {
                surprises.add("slow: the stream ended with " + end);
            }
        }
    }

    private void leave(Random random) throws IOException, InterruptedException {
        try (Socket socket = ask("{\"prompt\":\"Once\",\"n\":4,\"max_tokens\":1500,\"ignore_eos\":true,\"stream\":"
                + random.nextBoolean() + "}")) {
            Thread.sleep(random.nextInt(150));
            count("left");
        }
    }

    /** Announces a large body, sends a few bytes of it and goes. */
    private void trickle(Random random) throws IOException, InterruptedException {
        try (Socket socket = new Socket("127.0.0.1", service.getPort())) {
            send(
                    socket,
                    head(4 << 20)
                            .substring(
                                    0, random.nextBoolean() ? 60 : head(4 << 20).length()));
            for (int i = 0; i < 10 && !stopped; i++) {
                Thread.sleep(100);
                try {
                    send(socket, " ");
                } catch (IOException e) {
                    break;
                }
            }
            count("trickled");
        }
    }
}
