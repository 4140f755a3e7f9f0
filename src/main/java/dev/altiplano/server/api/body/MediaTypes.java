package dev.altiplano.server.api.body;

import dev.altiplano.server.api.error.ApiException;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Locale;

/** The one media type of bodies: JSON in UTF-8, not compressed. */
final class MediaTypes {

    private static final String JSON = "application/json";
    private static final String CHARSET = "charset=";

    private MediaTypes() {}

    /** @throws ApiException 415 for any other */
    static void requireJson(HttpServletRequest request) {
        String encoding = request.getHeader("Content-Encoding");
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw refusal("The body must not be compressed: Content-Encoding " + encoding);
        }
        String type = request.getContentType();
        String[] parts =
                type == null ? new String[] {""} : type.toLowerCase(Locale.ROOT).split(";");
        boolean json = parts[0].strip().equals(JSON);
        for (int i = 1; i < parts.length && json; i++) {
            String parameter = parts[i].strip().replace("\"", "");
            json = !parameter.startsWith(CHARSET)
                    || parameter.equals(CHARSET + "utf-8")
                    || parameter.equals(CHARSET + "utf8");
        }
        if (!json) {
            throw refusal("The content type must be application/json in UTF-8" + (type == null ? "" : ", not " + type));
        }
    }

    private static ApiException refusal(String message) {
        return ApiException.of(415, "unsupported_media_type", null, message);
    }
}
