package dev.altiplano.server.ops;

import dev.altiplano.engine.RequestSummary;
import dev.altiplano.server.ops.trace.Origin;
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
import org.slf4j.spi.LoggingEventBuilder;
import org.springframework.stereotype.Component;

/**
 * Writes one line for each request that ended, never what it said. The line is written by a thread of its own, so that neither the engine nor a refusal waits for the log.
 */
@Component
final class RequestLog implements AutoCloseable {

    private static final int MAX_WAITING = 16_384;

    private final Logger log;
    private final Map<String, Origin> origins = new ConcurrentHashMap<>();
    private final BlockingQueue<RequestSummary> ended = new LinkedBlockingQueue<>(MAX_WAITING);
    private final AtomicLong lost = new AtomicLong();
    private final Thread writer;

    RequestLog() {
        this(LoggerFactory.getLogger("dev.altiplano.requests"));
    }

    RequestLog(Logger log) {
        this.log = log;
        writer = Thread.ofPlatform().name("altiplano-request-log").daemon().start(this::write);
    }

    void arrived(String id, Origin origin) {
        origins.put(id, origin);
    }

    void ended(RequestSummary summary) {
        if (!ended.offer(summary)) {
            origins.remove(summary.id());
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
        @Nullable Origin known = origins.remove(request.id());
        Origin origin = known == null ? Origin.UNKNOWN : known;
        LoggingEventBuilder event =
                log.atInfo().addKeyValue("id", request.id()).addKeyValue("outcome", outcome(request));
        event = field(event, "request_id", origin.requestId());
        event = field(event, "trace.id", origin.trace().traceId());
        event = field(event, "span.id", origin.trace().spanId());
        event = field(event, "key", origin.key());
        event = field(event, "client.address", origin.address());
        event = field(event, "detail", request.detail());
        event = event.addKeyValue("prompt_tokens", request.usage().promptTokens())
                .addKeyValue("cached_tokens", request.usage().cachedTokens())
                .addKeyValue("completion_tokens", request.usage().completionTokens())
                .addKeyValue("drafted_tokens", request.draftedTokens())
                .addKeyValue("accepted_tokens", request.acceptedTokens());
        event = time(event, "queue_ms", request.queueNanos());
        event = time(event, "ttft_ms", request.firstTokenNanos());
        event = time(event, "total_ms", request.totalNanos());
        event.log(() -> text(request, origin));
    }

    /** Put together by hand: a format string is parsed for each line, and a flood brings hundreds of them at one moment. */
    private static String text(RequestSummary request, Origin origin) {
        return "request id=" + request.id() + " request_id=" + origin.requestId() + " client=" + origin.address()
                + word("key", origin.key())
                + word("trace_id", origin.trace().traceId())
                + word("span_id", origin.trace().spanId())
                + " outcome=" + outcome(request)
                + " prompt_tokens=" + request.usage().promptTokens()
                + " cached_tokens=" + request.usage().cachedTokens()
                + " completion_tokens=" + request.usage().completionTokens()
                + " drafted_tokens=" + request.draftedTokens()
                + " accepted_tokens=" + request.acceptedTokens()
                + " queue_ms=" + millis(request.queueNanos())
                + " ttft_ms=" + millis(request.firstTokenNanos())
                + " total_ms=" + millis(request.totalNanos())
                + (request.detail().isEmpty()
                        ? ""
                        : " detail=\"" + request.detail().replace('"', '\'') + '"');
    }

    /** A field of a structured log, where there is a value. */
    private static LoggingEventBuilder field(LoggingEventBuilder event, String name, String value) {
        return value.isEmpty() ? event : event.addKeyValue(name, value);
    }

    /** A time as a number of milliseconds, where it was measured. */
    private static LoggingEventBuilder time(LoggingEventBuilder event, String name, long nanos) {
        return nanos < 0 ? event : event.addKeyValue(name, Math.round(nanos / 1e5) / 10.0);
    }

    private static String word(String name, String value) {
        return value.isEmpty() ? "" : " " + name + "=" + value;
    }

    private static String outcome(RequestSummary request) {
        return request.outcome().name().toLowerCase(Locale.ROOT);
    }

    /** With one digit behind the point. */
    private static String millis(long nanos) {
        if (nanos < 0) {
            return "-";
        }
        long tenths = (nanos + 50_000) / 100_000;
        return tenths / 10 + "." + tenths % 10;
    }

    @Override
    public void close() {
        writer.interrupt();
        try {
            writer.join(1000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
