package dev.altiplano.server.stream;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Server-sent events of one response: {@code id: } and {@code data: } lines, comments as heartbeats, {@code [DONE]} at the end. Headers go out
 * with the first line, so that what fails before it can still be a real status. Used by the request's thread.
 */
public final class EventStream {

    private static final byte[] ID = "id: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "\n\n".getBytes(StandardCharsets.US_ASCII);
    /** Without an empty line: many clients take one for the end of an event as soon as an id has come. */
    private static final byte[] HEARTBEAT = ":\n".getBytes(StandardCharsets.US_ASCII);
    /** With one: clients that know nothing but data drop the event that a comment stands in front of. */
    private static final byte[] HEARTBEAT_WITHOUT_IDS = ":\n\n".getBytes(StandardCharsets.US_ASCII);

    private static final byte[] DONE = "data: [DONE]\n\n".getBytes(StandardCharsets.US_ASCII);

    private final HttpServletResponse response;
    private final long heartbeatNanos;
    private final boolean ids;
    private long wroteAt = System.nanoTime();
    private @Nullable OutputStream out;
    private boolean unflushed;

    /**
     * @param heartbeat how long nothing may be sent
     * @param ids whether events are given their ids
     */
    public EventStream(HttpServletResponse response, Duration heartbeat, boolean ids) {
        this.response = response;
        this.heartbeatNanos = heartbeat.toNanos();
        this.ids = ids;
    }

    /** Whether the status has gone out. */
    public boolean started() {
        return out != null;
    }

    /**
     * One event.
     *
     * @param id what a client sends back as {@code Last-Event-ID} to get what comes after it; null for none
     * @param json has no line break
     */
    public void data(@Nullable String id, byte[] json) throws IOException {
        OutputStream to = open();
        if (ids && id != null) {
            to.write(ID);
            to.write(id.getBytes(StandardCharsets.US_ASCII));
            to.write('\n');
        }
        to.write(DATA);
        to.write(json);
        to.write(END);
        unflushed = true;
    }

    /** The last event. */
    public void done() throws IOException {
        open().write(DONE);
        unflushed = true;
        flush();
    }

    /** Sends what was written; where that is nothing, and has been for long, a heartbeat. */
    public void flush() throws IOException {
        if (unflushed) {
            open().flush();
            unflushed = false;
            wroteAt = System.nanoTime();
        } else if (System.nanoTime() - wroteAt >= heartbeatNanos) {
            open().write(ids ? HEARTBEAT : HEARTBEAT_WITHOUT_IDS);
            open().flush();
            wroteAt = System.nanoTime();
        }
    }

    private OutputStream open() throws IOException {
        if (out == null) {
            response.setStatus(HttpServletResponse.SC_OK);
            response.setContentType("text/event-stream;charset=utf-8");
            response.setHeader("Cache-Control", "no-cache");
            response.setHeader("X-Accel-Buffering", "no");
            out = response.getOutputStream();
        }
        return out;
    }
}
