package dev.altiplano.server.api.resume;

import dev.altiplano.client.CompletionStream;
import dev.altiplano.server.TestServer;
import java.io.IOException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * An answer that the client which comes with the service reads, whatever happens to the replicas. It is asked for a proxy before each
 * request, and so learns whether the stream had to go on.
 */
final class SurvivingStream extends ProxySelector {

    private static final Duration SILENCE = Duration.ofMinutes(1);
    private static final Duration PAUSE = Duration.ofMillis(10);

    private final StreamedRequest request;
    private final List<SentEvents.Event> events = new ArrayList<>();
    private boolean continued;
    private boolean ended;

    SurvivingStream(StreamedRequest request) {
        this.request = request;
    }

    /** Reads the whole answer from {@code replicas}. */
    void read(List<URI> replicas) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newBuilder().proxy(this).build()) {
            CompletionStream.of(client, replicas)
                    .patience(SILENCE, PAUSE)
                    .read(request.path(), request.body(), List.of(), this::take);
        } finally {
            end();
        }
    }

    private synchronized void take(String chunk) {
        events.add(new SentEvents.Event("", TestServer.JSON.readTree(chunk)));
        notifyAll();
    }

    private synchronized void end() {
        ended = true;
        notifyAll();
    }

    @Override
    public synchronized List<Proxy> select(URI uri) {
        continued |= !events.isEmpty();
        return List.of(Proxy.NO_PROXY);
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failure) {
        // The client goes to the next replica.
    }

    /** Waits until so many events have come, or the stream has ended. */
    synchronized void await(int count) throws InterruptedException {
        while (!ended && events.size() < count) {
            wait();
        }
    }

    /** Whether it asked again after its first event. */
    synchronized boolean continued() {
        return continued;
    }

    /** What has come; after the end. */
    synchronized SentEvents sent() {
        return new SentEvents(List.copyOf(events), true);
    }

    /** A field of its first event. */
    synchronized JsonNode first(String field) {
        return events.getFirst().data().get(field);
    }

    StreamedRequest request() {
        return request;
    }
}
