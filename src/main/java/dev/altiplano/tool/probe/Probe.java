package dev.altiplano.tool.probe;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Asks a service whether it is ready; small enough to be started every few seconds as a container's health check. */
public final class Probe {

    private static final int TIMEOUT_MS = 4000;
    private static final int MOST_BYTES = 1 << 20;

    private Probe() {}

    /** Ends with 0 when the service at the address in {@code arguments} is ready, otherwise with 1 and the reason on standard error. */
    public static void main(String[] arguments) {
        String base = arguments.length == 0 ? "http://127.0.0.1:8080" : arguments[0];
        try {
            System.exit(readiness(URI.create(base)).status() == 200 ? 0 : 1);
        } catch (IOException e) {
            System.err.println(base + ": " + e.getMessage());
            System.exit(1);
        }
    }

    /** An answer's status and text. */
    record Answer(int status, String text) {}

    static Answer readiness(URI base) throws IOException {
        return read(open(base, "/actuator/health/readiness", TIMEOUT_MS));
    }

    /** Posts {@code json}, with an API key where one is given; waits for the answer at most {@code timeoutMs} between its bytes. */
    static Answer post(URI base, String path, String json, @Nullable String key, int timeoutMs) throws IOException {
        HttpURLConnection connection = open(base, path, timeoutMs);
        connection.setRequestMethod("POST");
        connection.setRequestProperty("Content-Type", "application/json");
        if (key != null) {
            connection.setRequestProperty("Authorization", "Bearer " + key);
        }
        connection.setDoOutput(true);
        connection.getOutputStream().write(json.getBytes(StandardCharsets.UTF_8));
        return read(connection);
    }

    private static HttpURLConnection open(URI base, String path, int timeoutMs) throws IOException {
        String text = base.toString();
        String root = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(root + path).toURL().openConnection();
        connection.setConnectTimeout(TIMEOUT_MS);
        connection.setReadTimeout(timeoutMs);
        return connection;
    }

    private static Answer read(HttpURLConnection connection) throws IOException {
        int status = connection.getResponseCode();
        try (InputStream body = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            byte[] bytes = body == null ? new byte[0] : body.readNBytes(MOST_BYTES);
            return new Answer(status, new String(bytes, StandardCharsets.UTF_8));
        } finally {
            connection.disconnect();
        }
    }
}
