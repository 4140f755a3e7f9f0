package dev.altiplano.server.api;

import dev.altiplano.server.api.body.BodyMemory;
import dev.altiplano.server.api.error.ApiException;
import dev.altiplano.server.security.Caller;
import java.time.Duration;
import org.springframework.stereotype.Component;

/**
 * Memory for vectors, which may be thousands of times as long as their inputs: charged when a request is submitted, given back when its client
 * has taken the response or has left. Thread-safe.
 */
@Component
final class ResponseMemory {

    /** Of the heap, what vectors may take. */
    private static final int HEAP_PART = 4;
    /** Of the memory for vectors, what one client may take. */
    private static final int CLIENT_PART = 2;

    private final long maxBytesOfOne = Runtime.getRuntime().maxMemory() / (HEAP_PART * CLIENT_PART);
    private final BodyMemory memory = new BodyMemory(CLIENT_PART * maxBytesOfOne, maxBytesOfOne);

    /** What a request of {@code caller} holds until it is closed: nothing at first. */
    Charge of(Caller caller) {
        return new Charge(caller.turn());
    }

    /** What one client may hold. */
    long maxBytesOfOne() {
        return maxBytesOfOne;
    }

    /** What is held now. */
    long held() {
        return memory.held();
    }

    /** What one response holds; used by the request's thread. */
    final class Charge implements AutoCloseable {

        private final String client;
        private long bytes;

        private Charge(String client) {
            this.client = client;
        }

        /**
         * Takes {@code wanted} bytes; what is larger than a client's part takes all of it.
         *
         * @throws ApiException where there is no memory for them
         */
        void take(long wanted) {
            long more = Math.min(wanted, maxBytesOfOne - bytes);
            if (!memory.take(client, more)) {
                throw ApiException.retry(
                        503,
                        "server_error",
                        "overloaded",
                        "Too many vectors are being computed or have not been read",
                        Duration.ofSeconds(1));
            }
            bytes += more;
        }

        @Override
        public void close() {
            memory.giveBack(client, bytes);
            bytes = 0;
        }
    }
}
