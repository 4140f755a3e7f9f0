package dev.altiplano.server.ops.trace;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A place in a trace: a span, as W3C's header {@code traceparent} names it.
 *
 * @param traceId 32 hexadecimal digits; empty where there is no trace
 * @param spanId 16 hexadecimal digits; empty where no span is known
 * @param sampled whether the trace is being recorded
 */
public record TraceContext(String traceId, String spanId, boolean sampled) {

    static final TraceContext NONE = new TraceContext("", "", false);

    /** Of later versions the beginning is known, and more may follow. */
    private static final Pattern HEADER = Pattern.compile(
            "(?!ff)(?<version>[0-9a-f]{2})-(?!0{32})(?<trace>[0-9a-f]{32})-(?!0{16})(?<span>[0-9a-f]{16})-(?<flags>[0-9a-f]{2})(?<more>-.*)?");

    private static final int MAX_CHARACTERS = 512;

    /** What the header says; none where it is absent or not as it should be, which W3C wants treated alike. */
    public static TraceContext of(@Nullable String traceparent) {
        if (traceparent == null || traceparent.length() > MAX_CHARACTERS) {
            return NONE;
        }
        Matcher parts = HEADER.matcher(traceparent);
        if (!parts.matches()
                || (parts.group("more") != null && parts.group("version").equals("00"))) {
            return NONE;
        }
        boolean sampled = (Integer.parseInt(parts.group("flags"), 16) & 1) == 1;
        return new TraceContext(parts.group("trace"), parts.group("span"), sampled);
    }

    boolean exists() {
        return !traceId.isEmpty();
    }
}
