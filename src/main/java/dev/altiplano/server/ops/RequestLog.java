package dev.altiplano.server.ops;

import dev.altiplano.engine.RequestSummary;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/**
 * Writes one line for each request that ended, never what it said. The line is written by a thread of its own, so that neither
 * the engine nor a refusal waits for the log.
 */
@Component
final class RequestLog implements DisposableBean {

    private static final Logger log = LoggerFactory.getLogger("dev.altiplano.requests");
    private static final int MOST_WAITING = 16_384;

    /** Who asked. */
    private record Client(String requestId, String address) {}

    private static final Client NOBODY = new Client("", "");

    private final Map<String, Client> clients = new ConcurrentHashMap<>();
    private final BlockingQueue<RequestSummary> ended = new LinkedBlockingQueue<>(MOST_WAITING);
    private final AtomicLong lost = new AtomicLong();
    private final Thread writer;

    RequestLog() {
        writer = Thread.ofPlatform().name("altiplano-request-log").daemon().start(this::write);
    }

    void arrived(String id, String requestId, String address) {
        clients.put(id, new Client(requestId, address));
    }

    void ended(RequestSummary summary) {
        if (!ended.offer(summary)) {
            clients.remove(summary.id());
            lost.incrementAndGet();
        }
    }

    private void write() {
        try {
            while (true) {
                line(ended.take());
            }
        } catch (InterruptedException e) {
            List<RequestSummary> rest = new ArrayList<>();
            ended.drainTo(rest);
            rest.forEach(this::line);
        }
    }

    private void line(RequestSummary request) {
        long missing = lost.getAndSet(0);
        if (missing > 0) {
            log.warn("{} requests ended faster than their lines could be written", missing);
        }
        @Nullable Client known = clients.remove(request.id());
        Client client = known == null ? NOBODY : known;
        log.atInfo()
                .addKeyValue("id", request.id())
                .addKeyValue("outcome", outcome(request))
                .log(() -> String.format(
                        Locale.ROOT,
                        "request id=%s request_id=%s client=%s outcome=%s prompt_tokens=%d cached_tokens=%d"
                                + " completion_tokens=%d queue_ms=%s ttft_ms=%s total_ms=%s%s",
                        request.id(),
                        client.requestId(),
                        client.address(),
                        outcome(request),
                        request.usage().promptTokens(),
                        request.usage().cachedTokens(),
                        request.usage().completionTokens(),
                        millis(request.queueNanos()),
                        millis(request.firstTokenNanos()),
                        millis(request.totalNanos()),
                        request.detail().isEmpty()
                                ? ""
                                : " detail=\"" + request.detail().replace('"', '\'') + '"'));
    }

    private static String outcome(RequestSummary request) {
        return request.outcome().name().toLowerCase(Locale.ROOT);
    }

    private static String millis(long nanos) {
        return nanos < 0 ? "-" : String.format(Locale.ROOT, "%.1f", nanos / 1e6);
    }

    @Override
    public void destroy() throws InterruptedException {
        writer.interrupt();
        writer.join(1000);
    }
}
