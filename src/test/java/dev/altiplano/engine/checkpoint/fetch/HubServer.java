package dev.altiplano.engine.checkpoint.fetch;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/** A hub on the loopback address with one repository, owner/name. */
public final class HubServer implements AutoCloseable {

    public static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    private final Map<String, byte[]> repository = new LinkedHashMap<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private volatile boolean wrongSums;
    private volatile CountDownLatch gate = new CountDownLatch(0);

    public HubServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/api/models/owner/name/revision/main", this::list);
        server.createContext("/owner/name/resolve/" + COMMIT + "/", exchange -> {
            // As hubs do, large files lie elsewhere.
            String path = exchange.getRequestURI().getPath();
            requests.add(path + " " + exchange.getRequestHeaders().getFirst("Authorization"));
            if (path.endsWith(".safetensors")) {
                exchange.getResponseHeaders()
                        .set(
                                "Location",
                                "http://localhost:" + server.getAddress().getPort() + "/store" + path);
                exchange.sendResponseHeaders(302, -1);
                exchange.close();
            } else {
                serve(exchange);
            }
        });
        server.createContext("/store/", exchange -> {
            requests.add("store " + exchange.getRequestHeaders().getFirst("Authorization"));
            serve(exchange);
        });
        server.start();
    }

    /** What {@code HF_ENDPOINT} says. */
    public String endpoint() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    public void put(String name, byte[] content) {
        repository.put(name, content);
    }

    void put(String name, String content) {
        put(name, content.getBytes(StandardCharsets.UTF_8));
    }

    void clear() {
        repository.clear();
    }

    /** Lists sums that the files do not have. */
    void lie() {
        wrongSums = true;
    }

    /** Sends no file before {@code opened} is. */
    public void holdFilesUntil(CountDownLatch opened) {
        gate = opened;
    }

    /** Path and authorization of what was asked. */
    public List<String> requests() {
        return requests;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void list(HttpExchange exchange) throws IOException {
        requests.add("list " + exchange.getRequestHeaders().getFirst("Authorization"));
        String siblings = repository.entrySet().stream()
                .map(file -> entry(file.getKey(), file.getValue()))
                .collect(Collectors.joining(","));
        byte[] json =
                ("{\"sha\": \"" + COMMIT + "\", \"siblings\": [" + siblings + "]}").getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, json.length);
        exchange.getResponseBody().write(json);
        exchange.close();
    }

    private String entry(String name, byte[] content) {
        boolean large = name.endsWith(".safetensors");
        byte[] summed = wrongSums ? new byte[content.length] : content;
        return "{\"rfilename\": \"" + name + "\", \"size\": " + content.length
                + (large
                        ? ", \"lfs\": {\"sha256\": \"" + sum("SHA-256", new byte[0], summed) + "\", \"size\": "
                                + content.length + "}}"
                        : ", \"blobId\": \""
                                + sum(
                                        "SHA-1",
                                        ("blob " + content.length + "\0").getBytes(StandardCharsets.US_ASCII),
                                        summed)
                                + "\"}");
    }

    private static String sum(String algorithm, byte[] head, byte[] content) {
        try {
            MessageDigest digest = MessageDigest.getInstance(algorithm);
            digest.update(head);
            return HexFormat.of().formatHex(digest.digest(content));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private void serve(HttpExchange exchange) throws IOException {
        try {
            gate.await();
        } catch (InterruptedException e) {
            exchange.close();
            return;
        }
        String path = exchange.getRequestURI().getPath();
        byte[] content = repository.get(path.substring(path.indexOf(COMMIT) + COMMIT.length() + 1));
        String[] range =
                exchange.getRequestHeaders().getFirst("Range").substring(6).split("-");
        int first = Integer.parseInt(range[0]);
        int end = (int) Math.min(content.length, Long.parseLong(range[1]) + 1);
        exchange.getResponseHeaders().set("ETag", "\"1\"");
        exchange.getResponseHeaders().set("Content-Range", "bytes " + first + "-" + (end - 1) + "/" + content.length);
        exchange.sendResponseHeaders(206, end - first);
        exchange.getResponseBody().write(Arrays.copyOfRange(content, first, end));
        exchange.close();
    }
}
