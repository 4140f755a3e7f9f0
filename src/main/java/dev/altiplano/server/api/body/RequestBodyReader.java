package dev.altiplano.server.api.body;

import dev.altiplano.server.api.error.ApiException;
import dev.altiplano.server.api.json.Json;
import dev.altiplano.server.api.json.MaxEntries;
import dev.altiplano.server.config.AltiplanoProperties;
import dev.altiplano.server.config.ApiSettings;
import dev.altiplano.server.security.Caller;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.springframework.stereotype.Component;

/**
 * Reads request bodies, bounded: each in size, in the time it may take and in how slowly it may come, all together and those of one
 * client in memory. Thread-safe; reads in the calling thread.
 */
@Component
public final class RequestBodyReader {

    private static final int FIRST_BYTES = 8 * 1024;
    /** Of the heap, what bodies may take: what is made of one takes several times as much for a moment. */
    private static final int HEAP_PART = 8;
    /** Of the memory for bodies, what one client may take. */
    private static final int CLIENT_PART = 4;

    private final int maxBytes;
    private final BodyPace pace;
    private final BodyMemory memory;
    private final Map<String, MaxEntries> maxEntries;

    RequestBodyReader(AltiplanoProperties properties) {
        ApiSettings limits = properties.api();
        maxBytes = Math.toIntExact(limits.maxBodySize().bytes());
        pace = new BodyPace(limits.bodyTimeout(), limits.minBodyRate().bytes());
        long all = Math.min(limits.bodyMemory().bytes(), Runtime.getRuntime().maxMemory() / HEAP_PART);
        // The largest body always fits, with the half that doubling its buffer may waste.
        long oneBody = 2L * maxBytes;
        memory = new BodyMemory(Math.max(all, oneBody), Math.max(all / CLIENT_PART, oneBody));
        MaxEntries stops = new MaxEntries(limits.maxStop(), "altiplano.api.max-stop");
        maxEntries = Map.of(
                "prompt", new MaxEntries(limits.maxPrompts(), "altiplano.api.max-prompts"),
                "input", new MaxEntries(limits.maxInputs(), "altiplano.api.max-inputs"),
                "stop", stops,
                "stop_token_ids", stops,
                "logit_bias", new MaxEntries(limits.maxLogitBias(), "altiplano.api.max-logit-bias"));
    }

    /**
     * Reads the JSON body of {@code request} and binds it to a record of {@code type}.
     *
     * @throws ApiException where it is too large, too slow, no JSON, or there is no memory for it
     */
    public <T> RequestBody<T> read(HttpServletRequest request, Class<T> type) throws IOException {
        MediaTypes.requireJson(request);
        if (request.getContentLengthLong() > maxBytes) {
            throw tooLarge();
        }
        Charge charge = new Charge(Caller.of(request).turn());
        try {
            byte[] body = new byte[0];
            int length = 0;
            long begin = System.nanoTime();
            ServletInputStream in = request.getInputStream();
            while (true) {
                if (length == body.length) {
                    int more = Math.max(FIRST_BYTES, length);
                    charge.take(more);
                    body = Arrays.copyOf(body, length + more);
                }
                int read = in.read(body, length, body.length - length);
                if (read < 0) {
                    T value = Json.read(body, length, type, maxEntries);
                    return new RequestBody<>(value, body, length, digest(body, length), charge::giveBack);
                }
                length += read;
                if (length > maxBytes) {
                    throw tooLarge();
                }
                pace.require(length, System.nanoTime() - begin);
            }
        } catch (IOException | RuntimeException | Error e) {
            charge.giveBack();
            throw e;
        }
    }

    private static long digest(byte[] body, int length) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(body, 0, length);
            return ByteBuffer.wrap(sha256.digest()).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private ApiException tooLarge() {
        return ApiException.of(
                413,
                "body_too_large",
                null,
                "The body is larger than " + maxBytes + " bytes (altiplano.api.max-body-size)");
    }

    /** What one body holds; used by the request's thread. */
    private final class Charge {

        private final String client;
        private long bytes;

        Charge(String client) {
            this.client = client;
        }

        void take(long more) {
            if (!memory.take(client, more)) {
                throw ApiException.retry(
                        503,
                        "server_error",
                        "overloaded",
                        "Too many bodies are being read (altiplano.api.body-memory)",
                        Duration.ofSeconds(1));
            }
            bytes += more;
        }

        void giveBack() {
            memory.giveBack(client, bytes);
            bytes = 0;
        }
    }
}
