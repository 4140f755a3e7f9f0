package dev.altiplano.server.api.error;

import dev.altiplano.server.api.json.Json;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** Writes OpenAI's error object, as a response or as an event of a stream. */
public final class ErrorWriter {

    private ErrorWriter() {}

    /** Responds with {@code error}; does nothing where a response is already under way. */
    public static void write(HttpServletResponse response, ApiException error) throws IOException {
        if (response.isCommitted()) {
            return;
        }
        byte[] body = json(error);
        response.resetBuffer();
        response.setStatus(error.status());
        response.setContentType("application/json");
        response.setContentLength(body.length);
        Duration retryAfter = error.retryAfter();
        if (retryAfter != null) {
            long seconds = Math.max(1, (retryAfter.toMillis() + 999) / 1000);
            response.setHeader("Retry-After", Long.toString(seconds));
            response.setHeader("x-should-retry", "true");
        } else {
            response.setHeader("x-should-retry", "false");
        }
        response.getOutputStream().write(body);
        response.flushBuffer();
    }

    /** {@code {"error":{"message":…,"type":…,"param":…,"code":…}}}, all four always present. */
    public static byte[] json(ApiException error) {
        return Json.bytes(out -> {
            out.writeStartObject();
            out.writeObjectPropertyStart("error");
            out.writeStringProperty("message", error.text());
            out.writeStringProperty("type", error.type());
            nullable(out, "param", error.param());
            nullable(out, "code", error.code());
            out.writeEndObject();
            out.writeEndObject();
        });
    }

    private static void nullable(JsonGenerator out, String name, @Nullable String value) {
        if (value == null) {
            out.writeNullProperty(name);
        } else {
            out.writeStringProperty(name, value);
        }
    }
}
