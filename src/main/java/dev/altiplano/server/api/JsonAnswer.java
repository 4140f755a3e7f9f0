package dev.altiplano.server.api;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/** Answers 200 with JSON. */
final class JsonAnswer {

    private JsonAnswer() {}

    static void write(HttpServletResponse response, Consumer<JsonGenerator> content) throws IOException {
        write(response, Json.bytes(content));
    }

    static void write(HttpServletResponse response, byte[] body) throws IOException {
        response.setStatus(HttpServletResponse.SC_OK);
        response.setContentType("application/json");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
        response.flushBuffer();
    }
}
