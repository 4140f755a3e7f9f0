package dev.altiplano.engine.checkpoint.fetch;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Serves one file on the loopback address, as badly as a test wants. */
public final class HostileServer implements AutoCloseable {

    /** What it does to a request before or instead of serving it well. */
    enum Mischief {
        NONE,
        HANG_UP,
        CUT,
        STALL,
        BUSY,
        WRONG_RANGE
    }

    private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d+)");

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Random random;
    private final AtomicLong sentBytes = new AtomicLong();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private volatile byte[] file;
    private volatile String tag = "\"1\"";
    private volatile boolean ranges = true;
    private volatile boolean length = true;
    private volatile int mischiefPercent;
    private volatile List<Mischief> mischief = List.of(Mischief.values());

    public HostileServer(byte[] file, long seed) throws IOException {
        this.file = file;
        this.random = new Random(seed);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/file.bin", this::serve);
        server.start();
    }

    public URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/file.bin");
    }

    /** The percentage of requests that meet one of {@code kinds}. */
    HostileServer doing(int percent, Mischief... kinds) {
        mischiefPercent = percent;
        mischief = List.of(kinds);
        return this;
    }

    HostileServer withoutRanges() {
        ranges = false;
        return this;
    }

    HostileServer withoutLength() {
        ranges = false;
        length = false;
        return this;
    }

    void change(byte[] other) {
        file = other;
        tag = "\"" + System.nanoTime() + "\"";
    }

    void withoutTag() {
        tag = "";
    }

    /** Adds an answer at {@code path}. */
    void at(String path, int status, String header, String value) {
        server.createContext(path, exchange -> {
            note(exchange);
            exchange.getResponseHeaders().set(header, value);
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
    }

    public long sentBytes() {
        return sentBytes.get();
    }

    /** Path, host and authorization of what was asked. */
    public List<String> requests() {
        return requests;
    }

    private void note(HttpExchange exchange) {
        requests.add(
                exchange.getRequestURI() + " " + exchange.getRequestHeaders().getFirst("Host") + " "
                        + exchange.getRequestHeaders().getFirst("Authorization"));
    }

    private void serve(HttpExchange exchange) throws IOException {
        note(exchange);
        byte[] bytes = file;
        String version = tag;
        Mischief act = pick();
        String asked = exchange.getRequestHeaders().getFirst("Range");
        String condition = exchange.getRequestHeaders().getFirst("If-Range");
        Matcher matcher = RANGE.matcher(asked == null ? "" : asked);
        boolean part = ranges && matcher.matches() && (condition == null || condition.equals(version));
        long first = part ? Long.parseLong(matcher.group(1)) : 0;
        long last = part ? Math.min(bytes.length - 1, Long.parseLong(matcher.group(2))) : bytes.length - 1;
        if (act == Mischief.HANG_UP) {
            exchange.close();
            return;
        }
        if (act == Mischief.BUSY) {
            exchange.getResponseHeaders().set("Retry-After", "0");
            exchange.sendResponseHeaders(503, -1);
            exchange.close();
            return;
        }
        if (!version.isEmpty()) {
            exchange.getResponseHeaders().set("ETag", version);
        }
        if (part && first >= bytes.length) {
            exchange.sendResponseHeaders(416, -1);
            exchange.close();
            return;
        }
        if (part) {
            long shown = act == Mischief.WRONG_RANGE ? first + 1 : first;
            exchange.getResponseHeaders().set("Content-Range", "bytes " + shown + "-" + last + "/" + bytes.length);
        }
        int count = (int) (last - first + 1);
        exchange.sendResponseHeaders(part ? 206 : 200, !length ? 0 : count == 0 ? -1 : count);
        int sent = act == Mischief.CUT || act == Mischief.STALL ? next(count) : count;
        try (exchange;
                OutputStream body = exchange.getResponseBody()) {
            for (int at = 0; at < sent; at += 8192) {
                int n = Math.min(8192, sent - at);
                body.write(bytes, (int) first + at, n);
                sentBytes.addAndGet(n);
            }
            body.flush();
            if (act == Mischief.STALL) {
                Thread.sleep(400);
            }
        } catch (IOException | InterruptedException e) {
            // A client that went away, or a body that was promised longer: both are meant.
            return;
        }
    }

    private Mischief pick() {
        synchronized (random) {
            return random.nextInt(100) < mischiefPercent
                    ? mischief.get(random.nextInt(mischief.size()))
                    : Mischief.NONE;
        }
    }

    private int next(int bound) {
        synchronized (random) {
            return bound == 0 ? 0 : random.nextInt(bound);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
