package dev.altiplano.server.ops.trace;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPInputStream;

/** What a collector is to the service: takes OTLP over HTTP on the loopback and keeps the spans. */
final class SpanReceiver implements AutoCloseable {

    record Span(
            String traceId,
            String id,
            String parentId,
            String name,
            int kind,
            long begin,
            long end,
            Map<String, String> attributes,
            boolean failed) {}

    private final List<Span> spans = new CopyOnWriteArrayList<>();
    private final HttpServer server;

    SpanReceiver() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/traces", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            if ("gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"))) {
                body = new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes();
            }
            for (byte[] resource : new Message(body).messages(1)) {
                for (byte[] scope : new Message(resource).messages(2)) {
                    for (byte[] span : new Message(scope).messages(2)) {
                        spans.add(span(new Message(span)));
                    }
                }
            }
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
    }

    String endpoint() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1/traces";
    }

    List<Span> spans() {
        return List.copyOf(spans);
    }

    private static Span span(Message span) {
        Map<String, String> attributes = new HashMap<>();
        for (byte[] each : span.messages(9)) {
            Message attribute = new Message(each);
            Message value = new Message(attribute.messages(2).getFirst());
            attributes.put(attribute.text(1), value.has(1) ? value.text(1) : Long.toString(value.number(3)));
        }
        boolean failed = span.has(15) && new Message(span.messages(15).getFirst()).number(3) == 2;
        return new Span(
                span.hex(1),
                span.hex(2),
                span.hex(4),
                span.text(5),
                (int) span.number(6),
                span.number(7),
                span.number(8),
                attributes,
                failed);
    }

    @Override
    public void close() {
        server.stop(0);
    }

    /** The fields of a message of Protocol Buffers, by their numbers. */
    private static final class Message {
        private final Map<Integer, List<Object>> fields = new HashMap<>();

        Message(byte[] bytes) {
            ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            while (in.hasRemaining()) {
                long tag = varint(in);
                Object value = switch ((int) tag & 7) {
                    case 0 -> varint(in);
                    case 1 -> in.getLong();
                    case 2 -> {
                        byte[] part = new byte[(int) varint(in)];
                        in.get(part);
                        yield part;
                    }
                    case 5 -> (long) in.getInt();
                    default -> throw new IllegalArgumentException("wire type of tag " + tag);
                };
                fields.computeIfAbsent((int) (tag >>> 3), n -> new ArrayList<>())
                        .add(value);
            }
        }

        private static long varint(ByteBuffer in) {
            long value = 0;
            for (int shift = 0; ; shift += 7) {
                byte next = in.get();
                value |= (long) (next & 0x7f) << shift;
                if (next >= 0) {
                    return value;
                }
            }
        }

        boolean has(int field) {
            return fields.containsKey(field);
        }

        List<byte[]> messages(int field) {
            return fields.getOrDefault(field, List.of()).stream()
                    .map(byte[].class::cast)
                    .toList();
        }

        long number(int field) {
            return has(field) ? (long) fields.get(field).getFirst() : 0;
        }

        String text(int field) {
            return has(field) ? new String(messages(field).getFirst(), StandardCharsets.UTF_8) : "";
        }

        String hex(int field) {
            return has(field) ? HexFormat.of().formatHex(messages(field).getFirst()) : "";
        }
    }
}
