package dev.altiplano.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;

/** A service with keys and small limits, for all tests of what one client can do to others; they leave it as they found it. */
public final class KeyedServer {

    /** Connections that an address may have: those of the tests' own client among them. */
    public static final int MAX_CONNECTIONS = 64;

    public static final int MAX_BODY_BYTES = 64 * 1024;

    private static TestServer shared;

    private KeyedServer() {}

    /** The one, with the keys of {@link #key} for many, other and single; single may have one request at a time. */
    public static synchronized TestServer shared() {
        if (shared == null) {
            shared = TestServer.ready(
                    "--altiplano.api.keys-file=" + keys(),
                    "--altiplano.api.head-timeout=500ms",
                    "--altiplano.api.max-connections-per-address=" + MAX_CONNECTIONS,
                    "--altiplano.api.max-body-size=64KB",
                    "--altiplano.api.body-memory=512KB",
                    "--altiplano.api.body-timeout=2m",
                    "--altiplano.api.write-timeout=2m",
                    "--altiplano.engine.max-sequences=8");
        }
        return shared;
    }

    private static Path keys() {
        try {
            Path file = Files.createTempFile("keys", "");
            file.toFile().deleteOnExit();
            return Files.writeString(
                    file,
                    "many " + key("many") + "\nother " + key("other") + "\nsingle " + key("single") + " requests=1\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The key of {@code name}. */
    public static String key(String name) {
        return name + "-0123456789abcdef";
    }

    /** The header of {@code name}, for {@link TestServer#post}. */
    public static String[] bearer(String name) {
        return new String[] {"Authorization", "Bearer " + key(name)};
    }

    /** A connection on which {@code name} has asked for a completion, by HTTP/1.0: what comes is not cut into chunks. */
    public static Socket ask(String name, String json) throws IOException {
        return shared().raw(authorized(TestServer.rawCompletion(json), name).replace(" HTTP/1.1", " HTTP/1.0"));
    }

    /** The bytes of a request with the key of {@code name}. */
    public static String authorized(String request, String name) {
        return request.replace("Host: localhost\r\n", "Host: localhost\r\nAuthorization: Bearer " + key(name) + "\r\n");
    }
}
