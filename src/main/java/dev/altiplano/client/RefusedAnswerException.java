package dev.altiplano.client;

import java.io.IOException;

/** An answer that a service refuses, or ends with an error, and that no other replica gives. */
public final class RefusedAnswerException extends IOException {

    private static final long serialVersionUID = 1;

    private final int status;
    private final String body;

    /** @param status the HTTP status; 200 where the error came as an event of the stream */
    RefusedAnswerException(int status, String body) {
        super("HTTP " + status + ": " + body);
        this.status = status;
        this.body = body;
    }

    /** The HTTP status; 200 where the error came as an event of the stream. */
    public int status() {
        return status;
    }

    /** OpenAI's error object. */
    public String body() {
        return body;
    }
}
