package dev.altiplano.client;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Streams of answers from one of several replicas. Where the connection breaks, falls silent, or the replica is stopped or killed, the
 * same body goes to the next one with the id of the last event that came, and the rest of the same answer comes from there.
 * Thread-safe; a call reads one answer in the calling thread.
 *
 * <pre>{@code
 * CompletionStream stream = CompletionStream.of(HttpClient.newHttpClient(), List.of(first, second));
 * stream.read("/v1/completions", "{\"prompt\":\"Once\",\"stream\":true}", List.of(), chunk -> show(chunk));
 * }</pre>
 */
public final class CompletionStream {

    /** Longer than what the service lets pass without a sign of life. */
    private static final Duration SILENCE = Duration.ofSeconds(30);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    /** Whatever a service or a proxy wishes. */
    private static final Duration LONGEST_REST = Duration.ofMinutes(5);

    private static final int ROUNDS = 8;
    private static final String DATA = "data: ";
    private static final String ID = "id: ";
    private static final String ERROR = "{\"error\"";
    /** Another replica may be of the fingerprint that the answer began with. */
    private static final String OTHER_FINGERPRINT = "\"code\":\"other_fingerprint\"";
    /** The only error in the middle of a stream after which another replica gives the rest. */
    private static final String STOPPING = "\"code\":\"stopping\"";

    private final HttpClient client;
    private final List<URI> replicas;
    private final Duration silence;
    private final Duration firstPause;

    private CompletionStream(HttpClient client, List<URI> replicas, Duration silence, Duration firstPause) {
        if (replicas.isEmpty()) {
            throw new IllegalArgumentException("no replica: name at least one address");
        }
        this.client = client;
        this.replicas = List.copyOf(replicas);
        this.silence = silence;
        this.firstPause = firstPause;
    }

    /**
     * Streams from {@code replicas}, the first one first.
     *
     * @param replicas addresses of services of one fingerprint, without a path: {@code http://host:8080}
     */
    public static CompletionStream of(HttpClient client, List<URI> replicas) {
        return new CompletionStream(client, replicas, SILENCE, FIRST_PAUSE);
    }

    /** The same with other patience: how long nothing may come, and how long it rests before the second try. */
    public CompletionStream patience(Duration withSilence, Duration pause) {
        return new CompletionStream(client, replicas, withSilence, pause);
    }

    /**
     * Reads an answer to its end.
     *
     * @param path {@code /v1/completions} or {@code /v1/chat/completions}
     * @param body the request's JSON, with {@code "stream": true}
     * @param headers names and values in turn, such as {@code Authorization}
     * @param chunks is given the JSON of each event, in order, each once
     * @throws RefusedAnswerException where the request is refused, its deadline passed, or the answer ends with an error everywhere
     * @throws IOException where no replica could be reached several times in a row
     */
    public void read(String path, String body, List<String> headers, Consumer<String> chunks)
            throws IOException, InterruptedException {
        Reading reading = new Reading(chunks);
        int failures = 0;
        long[] restsUntil = new long[replicas.size()];
        Arrays.fill(restsUntil, System.nanoTime());
        for (int attempt = 0; ; attempt++) {
            int replica = next(attempt, restsUntil);
            pause(failures, restsUntil[replica]);
            URI address = replicas.get(replica).resolve(path);
            long before = reading.events;
            IOException failure;
            try {
                if (read(request(address, body, headers, reading.lastId), reading)) {
                    return;
                }
                failure = new IOException("the stream ended before its end");
            } catch (RefusedAnswerException e) {
                if (!mayWorkElsewhere(e)) {
                    throw e;
                }
                restsUntil[replica] =
                        System.nanoTime() + Math.min(e.retryAfter().toNanos(), LONGEST_REST.toNanos());
                failure = e;
            } catch (IOException e) {
                failure = e;
            }
            failures = reading.events > before ? 1 : failures + 1;
            if (failures >= ROUNDS * replicas.size() || reading.events > 0 && reading.lastId == null) {
                throw failure;
            }
        }
    }

    /** Another fingerprint, or what may pass: too many requests, stopping, what a proxy says where no service answers. */
    private static boolean mayWorkElsewhere(RefusedAnswerException e) {
        int status = e.status();
        if (status == 200) {
            return e.body().contains(STOPPING);
        }
        return (status == 409 || status == 429 || status >= 500)
                && (e.mayBeRepeated() || e.body().contains(OTHER_FINGERPRINT));
    }

    /** Whose turn it is among those that can be asked soonest. */
    private static int next(int attempt, long[] restsUntil) {
        long now = System.nanoTime();
        int best = attempt % restsUntil.length;
        for (int i = 1; i < restsUntil.length; i++) {
            int other = (attempt + i) % restsUntil.length;
            if (Math.max(0, restsUntil[other] - now) < Math.max(0, restsUntil[best] - now)) {
                best = other;
            }
        }
        return best;
    }

    /** Waits before another try, from the second one on, and until the replica wants to be asked again. */
    private void pause(int failures, long restsUntil) throws InterruptedException {
        long own = failures < 2 ? 0 : firstPause.toMillis() << Math.min(failures - 2, 16);
        long wanted = TimeUnit.NANOSECONDS.toMillis(restsUntil - System.nanoTime());
        Thread.sleep(Math.max(Math.min(own, LONGEST_PAUSE.toMillis()), wanted));
    }

    private HttpRequest request(URI address, String body, List<String> headers, @Nullable String lastId) {
        HttpRequest.Builder request = HttpRequest.newBuilder(address)
                .timeout(silence)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (!headers.isEmpty()) {
            request.headers(headers.toArray(String[]::new));
        }
        return lastId == null
                ? request.build()
                : request.header("Last-Event-ID", lastId).build();
    }

    /** Reads what one replica sends; returns whether the answer is complete. */
    private boolean read(HttpRequest request, Reading reading) throws IOException, InterruptedException {
        HttpResponse<Flow.Publisher<List<ByteBuffer>>> response = client.send(request, BodyHandlers.ofPublisher());
        if (response.statusCode() != 200) {
            throw new RefusedAnswerException(response.statusCode(), whole(response.body()), response.headers());
        }
        reading.connected();
        try (EventLines lines = new EventLines()) {
            response.body().subscribe(BodySubscribers.fromLineSubscriber(lines, l -> l, StandardCharsets.UTF_8, "\n"));
            for (String line = lines.next(silence); line != null; line = lines.next(silence)) {
                if (line.equals(DATA + "[DONE]")) {
                    return true;
                }
                reading.line(line);
            }
            return false;
        }
    }

    private String whole(Flow.Publisher<List<ByteBuffer>> body) throws IOException, InterruptedException {
        BodySubscriber<String> subscriber = BodySubscribers.ofString(StandardCharsets.UTF_8);
        body.subscribe(subscriber);
        try {
            return subscriber.getBody().toCompletableFuture().get(silence.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the response could not be read", e);
        }
    }

    /** How far an answer has been read. An event counts when the empty line behind it has come. */
    private static final class Reading {
        private static final HttpHeaders NO_HEADERS = HttpHeaders.of(Map.of(), (name, value) -> true);

        private final Consumer<String> chunks;
        private @Nullable String lastId;
        private @Nullable String id;
        private @Nullable String data;
        private long events;

        Reading(Consumer<String> chunks) {
            this.chunks = chunks;
        }

        /** What a broken connection left of an event is worth nothing: the event comes again. */
        void connected() {
            id = null;
            data = null;
        }

        void line(String line) throws RefusedAnswerException {
            if (line.startsWith(ID)) {
                id = line.substring(ID.length());
            } else if (line.startsWith(DATA)) {
                data = line.substring(DATA.length());
            } else if (line.isEmpty() && data != null) {
                event(data);
                data = null;
                id = null;
            }
        }

        private void event(String json) throws RefusedAnswerException {
            if (id == null && json.startsWith(ERROR)) {
                throw new RefusedAnswerException(200, json, NO_HEADERS);
            }
            chunks.accept(json);
            events++;
            lastId = id;
        }
    }
}
