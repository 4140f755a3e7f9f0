package dev.altiplano.server.api;

import dev.altiplano.server.api.json.Json;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/** A response of status 200 with JSON. */
public final class JsonResponse {

    private JsonResponse() {}

    /** Writes what {@code content} writes. */
    public static void write(HttpServletResponse response, Consumer<JsonGenerator> content) throws IOException {
        write(response, Json.bytes(content));
    }

    /** The same for what is too long to be held: it goes out as it is written. */
    public static void stream(HttpServletResponse response, Consumer<JsonGenerator> content) throws IOException {
        response.setStatus(HttpServletResponse.SC_OK);
        response.setContentType("application/json");
        Json.write(response.getOutputStream(), content);
    }

    /** Writes {@code body}, which is JSON. */
    public static void write(HttpServletResponse response, byte[] body) throws IOException {
        response.setStatus(HttpServletResponse.SC_OK);
        response.setContentType("application/json");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
        response.flushBuffer();
    }
}
