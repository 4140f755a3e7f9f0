package dev.altiplano.tool.probe;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.HttpsURLConnection;
import org.jspecify.annotations.Nullable;

/** Asks a service whether it is ready; small enough to be started every few seconds as a container's health check. */
public final class Probe {

    private static final int TIMEOUT_MS = 4000;
    private static final int MAX_BYTES = 1 << 20;

    private Probe() {}

    /**
     * Ends with 0 when the service at the address in {@code arguments} is ready, otherwise with 1 and the reason on standard error.
     * Without an address it asks at every port at which this user's processes listen, with TLS where there is TLS.
     */
    public static void main(String[] arguments) {
        try {
            boolean ready = arguments.length == 0
                    ? isReady(Path.of("/proc"))
                    : readiness(URI.create(arguments[0])).status() == 200;
            System.exit(ready ? 0 : 1);
        } catch (IOException | IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    /** Whether a service of this user, as {@code proc} lists them, is ready; throws where none is, with what each says. */
    static boolean isReady(Path proc) throws IOException {
        List<String> reasons = new ArrayList<>();
        for (InetSocketAddress address : Listening.addresses(proc)) {
            try {
                Answer answer = readinessAt(address);
                if (answer.status() == 200) {
                    return true;
                }
                reasons.add(address + " answers " + answer.status() + ": " + answer.text());
            } catch (IOException e) {
                reasons.add(address + ": " + e.getMessage());
            }
        }
        throw new IOException(reasons.isEmpty() ? "nothing listens" : String.join("\n", reasons));
    }

    /** Asks without TLS, and with it where the answer to that is 400, as a server gives it that wants TLS. */
    private static Answer readinessAt(InetSocketAddress address) throws IOException {
        Answer plain = readiness(base("http", address));
        return plain.status() == 400 ? readiness(base("https", address)) : plain;
    }

    private static URI base(String scheme, InetSocketAddress address) throws IOException {
        try {
            return new URI(scheme, null, address.getAddress().getHostAddress(), address.getPort(), null, null, null);
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }

    /** An answer's status and text. */
    record Answer(int status, String text) {}

    static Answer readiness(URI base) throws IOException {
        return read(open(base, "/readyz", TIMEOUT_MS, true));
    }

    /** Posts {@code json}, with an API key where one is given; waits for the answer at most {@code timeoutMs} between its bytes. */
    static Answer post(URI base, String path, String json, @Nullable String key, int timeoutMs) throws IOException {
        HttpURLConnection connection = open(base, path, timeoutMs, key == null);
        connection.setRequestMethod("POST");
        connection.setRequestProperty("Content-Type", "application/json");
        if (key != null) {
            connection.setRequestProperty("Authorization", "Bearer " + key);
        }
        connection.setDoOutput(true);
        connection.getOutputStream().write(json.getBytes(StandardCharsets.UTF_8));
        return read(connection);
    }

    /** @param anyCertificate whether this machine may show any certificate, since nothing secret is sent */
    private static HttpURLConnection open(URI base, String path, int timeoutMs, boolean anyCertificate)
            throws IOException {
        String text = base.toString();
        if (!text.matches("(?i)https?://.+")) {
            throw new IOException("the address must begin with http:// or https://");
        }
        String root = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(root + path).toURL().openConnection();
        connection.setConnectTimeout(TIMEOUT_MS);
        connection.setReadTimeout(timeoutMs);
        if (anyCertificate
                && connection instanceof HttpsURLConnection secured
                && isThisMachine(connection.getURL().getHost())) {
            secured.setSSLSocketFactory(AnyCertificate.sockets());
            secured.setHostnameVerifier((host, session) -> true);
        }
        return connection;
    }

    private static boolean isThisMachine(String host) throws IOException {
        InetAddress address = InetAddress.getByName(host);
        return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
    }

    private static Answer read(HttpURLConnection connection) throws IOException {
        int status = connection.getResponseCode();
        try (InputStream body = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            byte[] bytes = body == null ? new byte[0] : body.readNBytes(MAX_BYTES);
            return new Answer(status, new String(bytes, StandardCharsets.UTF_8));
        } finally {
            connection.disconnect();
        }
    }
}
