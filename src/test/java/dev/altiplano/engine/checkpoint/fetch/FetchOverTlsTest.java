package dev.altiplano.engine.checkpoint.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What TLS is for: the way cannot lead out of it, and the server has to prove who it is. */
class FetchOverTlsTest {
    private final SSLSocketFactory before = HttpsURLConnection.getDefaultSSLSocketFactory();

    @TempDir
    private Path folder;

    private HttpsServer server;
    private SSLContext trusting;

    @BeforeEach
    void start() throws Exception {
        Path keys = folder.resolve("keys.p12");
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        Process process = new ProcessBuilder(
                        keytool,
                        "-genkeypair",
                        "-alias",
                        "a",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        keys.toString(),
                        "-storepass",
                        "changeit")
                .inheritIO()
                .start();
        assertThat(process.waitFor()).isZero();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keys)) {
            store.load(in, "changeit".toCharArray());
        }
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(store, "changeit".toCharArray());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("a", store.getCertificate("a"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        trusting = SSLContext.getInstance("TLS");
        trusting.init(own.getKeyManagers(), trust.getTrustManagers(), null);
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(trusting));
        server.start();
    }

    @AfterEach
    void stop() {
        HttpsURLConnection.setDefaultSSLSocketFactory(before);
        server.stop(0);
    }

    @Test
    void aRedirectToHttpIsRefusedEvenWhereHttpIsAllowed() throws Exception {
        HttpsURLConnection.setDefaultSSLSocketFactory(trusting.getSocketFactory());
        try (HostileServer plain = new HostileServer(new byte[10], 1)) {
            server.createContext("/file.bin", exchange -> {
                exchange.getResponseHeaders().set("Location", plain.address().toString());
                exchange.sendResponseHeaders(302, -1);
                exchange.close();
            });
            for (boolean allowHttp : new boolean[] {false, true}) {
                assertThatThrownBy(() -> new Fetch(request(allowHttp), (done, total) -> {}).run())
                        .isInstanceOf(FetchException.class)
                        .hasMessageContaining("redirects from https to http");
            }
            assertThat(plain.requests()).isEmpty();
        }
    }

    @Test
    void aServerThatCannotProveWhoItIsIsNotTriedAgain() {
        server.createContext("/file.bin", exchange -> {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        assertThatThrownBy(() -> new Fetch(request(false), (done, total) -> {}).run())
                .isInstanceOf(FetchException.class)
                .hasMessageContaining("does not prove who it is");
    }

    @Test
    void aHandshakeThatIsCutIsTriedAgain() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                while (!socket.isClosed()) {
                    try (Socket client = socket.accept()) {
                        client.getInputStream().read(new byte[8192]);
                    } catch (IOException e) {
                        continue;
                    }
                }
            });
            assertThatThrownBy(() -> new Fetch(request(false, socket.getLocalPort()), (done, total) -> {}).run())
                    .isInstanceOf(FetchException.class)
                    .hasMessageContaining("3 tries in a row failed")
                    .hasMessageContaining("handshake");
        }
    }

    private FetchRequest request(boolean allowHttp) {
        return request(allowHttp, server.getAddress().getPort());
    }

    private FetchRequest request(boolean allowHttp, int port) {
        URI address = URI.create("https://127.0.0.1:" + port + "/file.bin");
        return new FetchRequest(
                address,
                folder,
                "file.bin",
                null,
                allowHttp,
                null,
                1L << 30,
                2,
                4096,
                3,
                Duration.ofMillis(2),
                Duration.ofSeconds(5));
    }
}
