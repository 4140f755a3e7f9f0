package dev.altiplano.server.api;

import dev.altiplano.server.config.AltiplanoProperties;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import org.springframework.stereotype.Component;

/**
 * Reads request bodies, bounded: each in size and in the time it may take, all together in memory. Thread-safe; reads in the
 * calling thread.
 */
@Component
final class RequestBody {

    private static final int KIB = 1024;
    private static final int FIRST_KIB = 8;

    private final int mostBytes;
    private final Duration timeout;
    private final Semaphore memoryKib;

    RequestBody(AltiplanoProperties properties) {
        mostBytes = Math.toIntExact(properties.api().maxBodySize().toBytes());
        timeout = properties.api().bodyTimeout();
        memoryKib = new Semaphore(Math.toIntExact(properties.api().bodyMemory().toKilobytes()));
    }

    /** Reads the JSON body of {@code request} and makes a value of it. */
    <T> T read(HttpServletRequest request, Parser<T> parser) throws IOException {
        requireJson(request);
        if (request.getContentLengthLong() > mostBytes) {
            throw tooLarge();
        }
        int heldKib = 0;
        try {
            byte[] body = new byte[0];
            int length = 0;
            long deadline = System.nanoTime() + timeout.toNanos();
            ServletInputStream in = request.getInputStream();
            while (true) {
                if (length == body.length) {
                    int kib = length == 0 ? firstKib(request) : length / KIB;
                    if (!memoryKib.tryAcquire(kib)) {
                        throw ApiException.retry(
                                503,
                                "server_error",
                                "overloaded",
                                "Too many bodies are being read",
                                Duration.ofSeconds(1));
                    }
                    heldKib += kib;
                    body = Arrays.copyOf(body, length + kib * KIB);
                }
                int read = in.read(body, length, body.length - length);
                if (read < 0) {
                    return parser.parse(body, length);
                }
                length += read;
                if (length > mostBytes) {
                    throw tooLarge();
                }
                if (System.nanoTime() > deadline) {
                    throw ApiException.of(
                            408, "body_timeout", null, "The body was not complete after " + timeout.toSeconds() + " s");
                }
            }
        } finally {
            memoryKib.release(heldKib);
        }
    }

    /** Makes a value of a whole body: the first {@code length} bytes of {@code body}. */
    interface Parser<T> {
        T parse(byte[] body, int length);
    }

    private static int firstKib(HttpServletRequest request) {
        // One byte more than announced, so that the end is seen without growing.
        return (int) Math.max(FIRST_KIB, (request.getContentLengthLong() + KIB) / KIB);
    }

    private ApiException tooLarge() {
        return ApiException.of(
                413,
                "body_too_large",
                null,
                "The body is larger than " + mostBytes + " bytes (altiplano.api.max-body-size)");
    }

    private static void requireJson(HttpServletRequest request) {
        String encoding = request.getHeader("Content-Encoding");
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw ApiException.of(
                    415,
                    "unsupported_media_type",
                    null,
                    "The body must not be compressed: Content-Encoding " + encoding);
        }
        String type = request.getContentType();
        String[] parts =
                type == null ? new String[] {""} : type.toLowerCase(Locale.ROOT).split(";");
        boolean json = parts[0].strip().equals("application/json");
        for (int i = 1; i < parts.length && json; i++) {
            String parameter = parts[i].strip().replace("\"", "");
            json = !parameter.startsWith("charset=")
                    || parameter.equals(
                            "charset=" + StandardCharsets.UTF_8.name().toLowerCase(Locale.ROOT));
        }
        if (!json) {
            throw ApiException.of(
                    415,
                    "unsupported_media_type",
                    null,
                    "The content type must be application/json in UTF-8" + (type == null ? "" : ", not " + type));
        }
    }
}
