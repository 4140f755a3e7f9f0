package dev.altiplano.client;

import java.io.IOException;
import java.net.http.HttpHeaders;
import java.time.Duration;

/** An answer that a service refuses, or ends with an error, and that no other replica gives. */
public final class RefusedAnswerException extends IOException {

    private static final long serialVersionUID = 1;

    private final int status;
    private final String body;
    private final boolean mayBeRepeated;
    private final Duration retryAfter;

    /** @param status the HTTP status; 200 where the error came as an event of the stream */
    RefusedAnswerException(int status, String body, HttpHeaders headers) {
        super("HTTP " + status + ": " + body);
        this.status = status;
        this.body = body;
        mayBeRepeated = !headers.firstValue("x-should-retry").orElse("").equals("false");
        retryAfter = headers.firstValue("Retry-After")
                .filter(text -> text.matches("[0-9]{1,6}"))
                .map(text -> Duration.ofSeconds(Long.parseLong(text)))
                .orElse(Duration.ZERO);
    }

    /** The HTTP status; 200 where the error came as an event of the stream. */
    public int status() {
        return status;
    }

    /** OpenAI's error object. */
    public String body() {
        return body;
    }

    /** Whether the service does not rule out that the same request works later. */
    boolean mayBeRepeated() {
        return mayBeRepeated;
    }

    /** How long the service wants to be left alone; zero where it does not say. */
    Duration retryAfter() {
        return retryAfter;
    }
}
