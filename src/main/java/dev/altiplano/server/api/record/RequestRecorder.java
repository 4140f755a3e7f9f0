package dev.altiplano.server.api.record;

import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.server.api.resume.AnswerOrigin;
import dev.altiplano.server.config.AltiplanoProperties;
import dev.altiplano.server.config.ApiSettings;
import dev.altiplano.server.config.InvalidSettingException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Writes a line for each request to the file that {@code altiplano.api.record} names; does nothing where it names none. Thread-safe:
 * requests' threads hand lines over, and one thread of its own writes them.
 */
@Component
public final class RequestRecorder implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RequestRecorder.class);

    private static final int MAX_WAITING = 16_384;
    /** Bodies of requests that run, and lines that wait for the disk. */
    private static final long MAX_HELD_BYTES = 32L << 20;

    private static final long CLOSE_MS = 5000;

    private final @Nullable RecordFile file;
    private final boolean texts;
    private final long beganNanos = System.nanoTime();
    private final AtomicLong heldBytes = new AtomicLong();
    private final BlockingQueue<byte[]> lines = new LinkedBlockingQueue<>(MAX_WAITING);
    private final Counter written;
    private final Counter lost;
    private final @Nullable Thread writer;
    private boolean failing;

    RequestRecorder(AltiplanoProperties properties, MeterRegistry registry) {
        ApiSettings settings = properties.api();
        texts = settings.recordTexts();
        written = counter(registry, "written");
        lost = counter(registry, "lost");
        file = settings.record() == null
                ? null
                : opened(settings.record(), settings.recordMaxSize().bytes());
        writer = file == null
                ? null
                : Thread.ofPlatform().name("altiplano-record").daemon().start(() -> write(file));
        if (file != null) {
            LOG.warn(
                    "Requests are recorded {} in {} (altiplano.api.record)",
                    texts ? "with their texts" : "without their texts",
                    settings.record());
        }
    }

    /** Opens the file now: a start that says that requests are recorded must be right. */
    private static RecordFile opened(Path path, long maxBytes) {
        RecordFile file = new RecordFile(path, maxBytes);
        try {
            file.open();
        } catch (IOException e) {
            throw new InvalidSettingException(
                    "altiplano.api.record",
                    path,
                    "a file that can be written, in a folder that exists (" + e.getMessage() + ")");
        }
        return file;
    }

    private static Counter counter(MeterRegistry registry, String result) {
        return Counter.builder("altiplano.recorded.requests")
                .description(
                        "Requests that were recorded, and those that were not because the disk was full or too slow")
                .tag("result", result)
                .register(registry);
    }

    /** Whether requests are recorded. */
    public boolean records() {
        return file != null;
    }

    /**
     * Begins the recording of a request.
     *
     * @param body its first {@code length} bytes are the body, which has been read as JSON
     */
    public Recording begin(String route, AnswerOrigin origin, GenerationRequest request, byte[] body, int length) {
        if (file == null) {
            return Recording.NONE;
        }
        long atMs = (System.nanoTime() - beganNanos) / 1_000_000;
        boolean keeps = texts && hold(length);
        try {
            String text = keeps ? text(body, length) : null;
            RecordLine line = new RecordLine(atMs, route, origin, request, length, text);
            return new Recording(this, line, keeps ? length : 0);
        } catch (Error e) {
            // No heap for the text.
            giveBack(keeps ? length : 0);
            throw e;
        }
    }

    /** In JSON a line break stands between values or nowhere; so does a byte order mark, at the very beginning. */
    private static String text(byte[] body, int length) {
        String text = new String(body, 0, length, StandardCharsets.UTF_8)
                .replace('\n', ' ')
                .replace('\r', ' ');
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    /** Hands a line over; it is lost, and counted, where too many wait. */
    void write(byte[] line) {
        if (!hold(line.length)) {
            lost.increment();
        } else if (!lines.offer(line)) {
            giveBack(line.length);
            lost.increment();
        }
    }

    private boolean hold(long bytes) {
        if (heldBytes.addAndGet(bytes) <= MAX_HELD_BYTES) {
            return true;
        }
        giveBack(bytes);
        return false;
    }

    void giveBack(long bytes) {
        heldBytes.addAndGet(-bytes);
    }

    private void write(RecordFile to) {
        try (to) {
            try {
                while (true) {
                    write(to, lines.take());
                }
            } catch (InterruptedException e) {
                List<byte[]> rest = new ArrayList<>();
                lines.drainTo(rest);
                rest.forEach(line -> write(to, line));
            }
        } catch (IOException e) {
            LOG.warn("The file of recorded requests could not be closed: {}", e.toString());
        }
    }

    private void write(RecordFile to, byte[] line) {
        try {
            to.write(line);
            written.increment();
            failing = false;
        } catch (IOException e) {
            lost.increment();
            if (!failing) {
                LOG.error(
                        "Requests are not recorded (altiplano_recorded_requests_total counts them): {}", e.toString());
            }
            failing = true;
        } finally {
            giveBack(line.length);
        }
    }

    @Override
    public void close() throws InterruptedException {
        if (writer != null) {
            writer.interrupt();
            writer.join(CLOSE_MS);
        }
    }
}
