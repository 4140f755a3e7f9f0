package dev.altiplano.server.api;

import jakarta.servlet.http.HttpServletRequest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The trace that a request is part of, by W3C's header {@code traceparent}. */
final class TraceContext {

    /** Of later versions the beginning is known, and more may follow. */
    private static final Pattern HEADER =
            Pattern.compile("(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?");

    private static final int MOST_CHARACTERS = 512;

    private TraceContext() {}

    /** The trace's id; empty where there is none or the header is not as it should be, which W3C wants treated alike. */
    static String traceId(HttpServletRequest request) {
        String header = request.getHeader("traceparent");
        if (header == null || header.length() > MOST_CHARACTERS) {
            return "";
        }
        Matcher parts = HEADER.matcher(header);
        return parts.matches() && (parts.group(3) == null || !parts.group(1).equals("00")) ? parts.group(2) : "";
    }
}
