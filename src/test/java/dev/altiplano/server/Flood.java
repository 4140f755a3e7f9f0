package dev.altiplano.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Sends many requests at one moment to a service that is busy, from one thread and with bytes made beforehand, so that what it
 * measures is the service's time. A process of its own:
 *
 * <pre>
 * java -jar target/altiplano.jar --altiplano.queue.capacity=16 --altiplano.engine.max-sequences=4
 * java -cp target/test-classes dev.altiplano.server.Flood http://127.0.0.1:8080
 * </pre>
 *
 * <p>Long requests, sent again as soon as they end, keep the queue full; beside them come rounds of 500 requests, on connections that are open ({@code established}) and
 * with connecting counted in ({@code connecting}), and one request every few milliseconds ({@code paced}). {@code /metrics} is
 * read all the while. Times are from sending, or from connecting, to the first byte of the answer. Before that it floods a
 * server of its own, which refuses everything: otherwise the first round measures how this program is compiled.
 */
final class Flood implements AutoCloseable {

    private static final int METRICS_EVERY_MS = 20;
    private static final int REFUSED = 429;
    private static final long AGAIN_NS = 20_000_000;
    private static final long PATIENCE_NS = 60_000_000_000L;

    /** One request on one connection. */
    private static final class Exchange {
        SocketChannel channel;
        final ByteBuffer request;
        final ByteBuffer head = ByteBuffer.allocate(64 * 1024);
        long begunNs;
        long firstByteNs;
        int status;
        /** Bytes of the answer that are still to come; -1 while its length is not known. */
        long missing = -1;

        Exchange(SocketChannel channel, byte[] request) {
            this.channel = channel;
            this.request = ByteBuffer.wrap(request);
        }

        boolean done() {
            return missing == 0;
        }

        void again(long now) {
            request.rewind();
            head.clear();
            begunNs = now;
            firstByteNs = 0;
            status = 0;
            missing = -1;
        }
    }

    /**
     * What one kind of request came to.
     *
     * @param statuses how many answers of each status; 0 stands for none
     * @param nanos times to the first byte of each answer that was a refusal, ascending
     */
    private record Result(Map<Integer, Integer> statuses, long[] nanos) {

        static Result of(List<Exchange> exchanges) {
            Map<Integer, Integer> statuses = new TreeMap<>();
            for (Exchange each : exchanges) {
                statuses.merge(each.status, 1, Integer::sum);
            }
            long[] nanos = exchanges.stream()
                    .filter(each -> each.status == REFUSED)
                    .mapToLong(each -> each.firstByteNs - each.begunNs)
                    .sorted()
                    .toArray();
            return new Result(statuses, nanos);
        }

        /** The time that {@code part} of the answers did not exceed, in milliseconds. */
        double millis(double part) {
            return nanos.length == 0 ? 0 : nanos[Math.min(nanos.length - 1, (int) (nanos.length * part))] / 1e6;
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "p50 %6.1f  p99 %6.1f  max %6.1f ms  %s",
                    millis(0.5),
                    millis(0.99),
                    millis(1),
                    statuses);
        }
    }

    private final InetSocketAddress address;
    private final Selector selector;
    private final byte[] completion;
    private final Exchange metrics;
    private final List<Long> metricsNanos = new ArrayList<>();
    private final List<Exchange> busy = new ArrayList<>();
    private long metricsDue = System.nanoTime();

    /** A flood for the service at {@code host} and {@code port}. */
    private Flood(String host, int port) throws IOException {
        address = new InetSocketAddress(host, port);
        selector = Selector.open();
        completion = post("{\"prompt\":\"Once upon a time\",\"max_tokens\":16}");
        metrics = new Exchange(
                open(), "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.UTF_8));
        metrics.missing = 0;
        metrics.channel.register(selector, 0, metrics);
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        URI service = URI.create(arguments.length > 0 ? arguments[0] : "http://127.0.0.1:8080");
        int requests = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 500;
        int rounds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 10;
        int busy = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 20;
        practise(requests);
        try (Flood flood = new Flood(service.getHost(), service.getPort())) {
            flood.fill(busy);
            for (int round = 0; round < rounds; round++) {
                System.out.println("established  " + flood.established(requests));
                System.out.println("connecting   " + flood.connecting(requests));
            }
            System.out.println("paced        " + flood.paced(requests, 2));
            System.out.println("/metrics     " + flood.metrics());
        }
    }

    private static void practise(int requests) throws IOException {
        try (ServerSocket server = new ServerSocket(0, requests, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> refuseAll(server));
            try (Flood flood = new Flood(server.getInetAddress().getHostAddress(), server.getLocalPort())) {
                for (int round = 0; round < 5; round++) {
                    flood.established(requests);
                    flood.connecting(requests);
                }
            }
        }
    }

    private static void refuseAll(ServerSocket server) {
        byte[] answer = "HTTP/1.1 429 \r\nContent-Length: 2\r\n\r\n{}".getBytes(StandardCharsets.UTF_8);
        try {
            while (true) {
                Socket client = server.accept();
                Thread.ofVirtual().start(() -> {
                    try (client) {
                        byte[] request = new byte[1024];
                        while (client.getInputStream().read(request) > 0) {
                            client.getOutputStream().write(answer);
                        }
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
            }
        } catch (IOException e) {
            // The server has been closed: that was the practice.
            return;
        }
    }

    /** Sends {@code requests} that run for long; {@link #turn} sends each again when it has been answered. */
    private void fill(int requests) throws IOException, InterruptedException {
        byte[] request = post("{\"prompt\":\"Once upon a time\",\"max_tokens\":480,\"n\":16,\"ignore_eos\":true}");
        for (int i = 0; i < requests; i++) {
            Exchange exchange = new Exchange(open(), request);
            exchange.channel.register(selector, 0, exchange);
            exchange.again(System.nanoTime());
            send(exchange);
            busy.add(exchange);
            Thread.sleep(10);
        }
    }

    /** All requests at once, on connections that are open. */
    private Result established(int requests) throws IOException {
        List<Exchange> exchanges = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            Exchange exchange = new Exchange(open(), completion);
            exchange.channel.register(selector, 0, exchange);
            exchanges.add(exchange);
        }
        settle();
        for (Exchange exchange : exchanges) {
            exchange.again(System.nanoTime());
            send(exchange);
        }
        await(exchanges);
        return Result.of(exchanges);
    }

    /** All requests at once, each on a connection that is yet to be opened. */
    private Result connecting(int requests) throws IOException {
        List<Exchange> exchanges = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            SocketChannel channel = SocketChannel.open();
            channel.configureBlocking(false);
            Exchange exchange = new Exchange(channel, completion);
            exchanges.add(exchange);
        }
        settle();
        for (Exchange exchange : exchanges) {
            exchange.again(System.nanoTime());
            boolean connected = exchange.channel.connect(address);
            exchange.channel.register(selector, SelectionKey.OP_CONNECT, exchange);
            if (connected) {
                send(exchange);
            }
        }
        await(exchanges);
        return Result.of(exchanges);
    }

    /** One request after another, {@code everyMillis} apart, each on one of a few open connections. */
    private Result paced(int requests, int everyMillis) throws IOException {
        List<Exchange> exchanges = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            Exchange exchange = new Exchange(open(), completion);
            exchange.channel.register(selector, 0, exchange);
            exchanges.add(exchange);
        }
        settle();
        long due = System.nanoTime();
        for (Exchange exchange : exchanges) {
            while (System.nanoTime() < due) {
                turn(1);
            }
            exchange.again(System.nanoTime());
            send(exchange);
            due += everyMillis * 1_000_000L;
        }
        await(exchanges);
        return Result.of(exchanges);
    }

    /** The readings of {@code /metrics} so far. */
    private Result metrics() {
        long[] nanos = metricsNanos.stream().mapToLong(Long::longValue).sorted().toArray();
        return new Result(Map.of(200, nanos.length), nanos);
    }

    private void settle() throws IOException {
        long end = System.nanoTime() + 200_000_000L;
        while (System.nanoTime() < end) {
            turn(5);
        }
    }

    private void await(List<Exchange> exchanges) throws IOException {
        long end = System.nanoTime() + PATIENCE_NS;
        while (!exchanges.stream().allMatch(Exchange::done) && System.nanoTime() < end) {
            for (int i = 0; i < 50; i++) {
                turn(2);
            }
        }
        for (Exchange exchange : exchanges) {
            exchange.channel.close();
        }
    }

    /** Reads what has come, for at most {@code millis}. */
    private void turn(int millis) throws IOException {
        if (metrics.done() && System.nanoTime() >= metricsDue) {
            if (metrics.begunNs != 0) {
                metricsNanos.add(metrics.firstByteNs - metrics.begunNs);
            }
            if (!metrics.channel.isOpen()) {
                metrics.channel = open();
                metrics.channel.register(selector, 0, metrics);
            }
            metrics.again(System.nanoTime());
            send(metrics);
            metricsDue = System.nanoTime() + METRICS_EVERY_MS * 1_000_000L;
        }
        for (Exchange each : busy) {
            if (each.done() && System.nanoTime() - each.firstByteNs > AGAIN_NS) {
                each.again(System.nanoTime());
                send(each);
            }
        }
        selector.select(millis);
        for (SelectionKey key : selector.selectedKeys()) {
            Exchange exchange = (Exchange) key.attachment();
            if (key.isConnectable()) {
                exchange.channel.finishConnect();
                send(exchange);
            } else {
                receive(exchange);
            }
        }
        selector.selectedKeys().clear();
    }

    private void send(Exchange exchange) throws IOException {
        exchange.channel.write(exchange.request);
        if (exchange.request.hasRemaining()) {
            throw new IOException("a short request did not go out in one piece");
        }
        exchange.channel.keyFor(selector).interestOps(SelectionKey.OP_READ);
    }

    private static void receive(Exchange exchange) throws IOException {
        long now = System.nanoTime();
        int read = exchange.channel.read(exchange.head);
        if (read < 0) {
            exchange.missing = 0;
            exchange.firstByteNs = exchange.firstByteNs == 0 ? now : exchange.firstByteNs;
            exchange.channel.close();
            return;
        }
        exchange.firstByteNs = exchange.firstByteNs == 0 ? now : exchange.firstByteNs;
        if (exchange.missing < 0) {
            String head = new String(exchange.head.array(), 0, exchange.head.position(), StandardCharsets.ISO_8859_1);
            int end = head.indexOf("\r\n\r\n");
            if (end < 0) {
                return;
            }
            exchange.status = Integer.parseInt(head.substring(9, 12));
            String name = "content-length: ";
            int at = head.toLowerCase(Locale.ROOT).indexOf(name) + name.length();
            long length = Long.parseLong(head.substring(at, head.indexOf('\r', at)));
            exchange.missing = length - (exchange.head.position() - end - 4);
        } else {
            exchange.missing -= read;
        }
        if (!exchange.head.hasRemaining()) {
            exchange.head.clear();
        }
    }

    private SocketChannel open() throws IOException {
        SocketChannel channel = SocketChannel.open(address);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        return channel;
    }

    private static byte[] post(String json) {
        return ("POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                        + json.length() + "\r\n\r\n" + json)
                .getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        for (Exchange each : busy) {
            each.channel.close();
        }
        metrics.channel.close();
        selector.close();
    }
}
