package dev.altiplano.tool.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.altiplano.tool.Commands;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A probe's exit code is its answer. */
class ProbeTest {
    private final StringWriter said = new StringWriter();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void readyIsZeroAndLoadingIsOneWithTheReason() {
        answer("/readyz", 503, "{\"status\":\"OUT_OF_SERVICE\",\"percent\":40}");
        assertThat(probe()).isEqualTo(1);
        assertThat(said.toString()).contains("answers 503").contains("\"percent\":40");
        server.removeContext("/readyz");
        answer("/readyz", 200, "{\"status\":\"UP\"}");
        assertThat(probe()).isZero();
    }

    @Test
    void aCompletionHasToBeOne() {
        answer("/v1/completions", 200, "{\"object\":\"text_completion\",\"choices\":[]}");
        assertThat(probe("--completion")).isZero();
        server.removeContext("/v1/completions");
        answer("/v1/completions", 200, "<html>a proxy's page</html>");
        assertThat(probe("--completion")).isEqualTo(1);
    }

    @Test
    void aChatHasToBeOne() {
        answer("/v1/chat/completions", 200, "{\"object\":\"chat.completion\",\"choices\":[]}");
        assertThat(probe("--chat")).isZero();
    }

    /** The lists are those of {@code proc_net_tcp}: of this user, of another one, and a connection that does not listen. */
    @Test
    void findsTheServiceByWhatThisUserListensAt(@TempDir Path proc) throws IOException {
        int port = server.getAddress().getPort();
        Files.createDirectories(proc.resolve("self"));
        Files.createDirectories(proc.resolve("net"));
        Files.writeString(proc.resolve("self/status"), "Name:\tjava\nUid:\t10001\t10001\t10001\t10001\n");
        String head =
                "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
        String line =
                "   0: %s:%04X 00000000:0000 %s 00000000:00000000 00:00000000 00000000 %5d        0 1 1 0 100 0 0 10 0\n";
        Files.writeString(
                proc.resolve("net/tcp"),
                head + line.formatted("0100007F", 1, "0A", 0) + line.formatted("0100007F", 2, "01", 10001));
        assertThat(Listening.addresses(proc)).isEmpty();
        assertThatThrownBy(() -> Probe.isReady(proc)).hasMessageContaining("nothing listens");

        Files.writeString(
                proc.resolve("net/tcp6"),
                head
                        + line.formatted("0000000000000000FFFF00000100007F", port, "0A", 10001)
                        + line.formatted("00000000000000000000000000000000", 9, "0A", 10001));
        assertThat(Listening.addresses(proc))
                .containsExactly(new InetSocketAddress("127.0.0.1", 9), new InetSocketAddress("127.0.0.1", port));
        answer("/readyz", 503, "{\"status\":\"OUT_OF_SERVICE\"}");
        assertThatThrownBy(() -> Probe.isReady(proc)).hasMessageContaining("answers 503");
        server.removeContext("/readyz");
        answer("/readyz", 200, "{\"status\":\"UP\"}");
        assertThat(Probe.isReady(proc)).isTrue();
    }

    @Test
    void sendsTheApiKeyInAFile(@TempDir Path folder) throws IOException {
        Path key = Files.writeString(folder.resolve("key"), "0123456789abcdef\n");
        server.createContext("/v1/completions", exchange -> {
            exchange.getRequestBody().readAllBytes();
            boolean known = "Bearer 0123456789abcdef"
                    .equals(exchange.getRequestHeaders().getFirst("Authorization"));
            byte[] answer = "\"text_completion\"".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(known ? 200 : 401, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        assertThat(probe("--completion")).isEqualTo(1);
        assertThat(probe("--completion", "--bearer-token-file=" + key)).isZero();
    }

    @Test
    void sendsNoApiKeyToACertificateThatItCannotVerify(@TempDir Path folder) throws Exception {
        Path key = Files.writeString(folder.resolve("key"), "0123456789abcdef\n");
        List<String> asked = new CopyOnWriteArrayList<>();
        HttpsServer secured = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        secured.setHttpsConfigurator(new HttpsConfigurator(selfSigned(folder.resolve("keys.p12"))));
        secured.createContext("/", exchange -> {
            asked.add(exchange.getRequestURI().getPath());
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        secured.start();
        try {
            PrintWriter writer = new PrintWriter(said, true);
            String url = "https://127.0.0.1:" + secured.getAddress().getPort();
            assertThat(Commands.run(writer, writer, "probe", url)).isZero();
            assertThat(Commands.run(writer, writer, "probe", "--completion", "--bearer-token-file=" + key, url))
                    .isEqualTo(1);
            assertThat(asked).containsExactly("/readyz");
            assertThat(said.toString()).contains("the API key goes only where the certificate can be verified");
        } finally {
            secured.stop(0);
        }
    }

    private static SSLContext selfSigned(Path file) throws Exception {
        Process keytool = new ProcessBuilder((Path.of(System.getProperty("java.home"), "bin", "keytool")
                                + " -genkeypair -alias a -keyalg EC -dname CN=localhost -storepass changeit -keystore "
                                + file)
                        .split(" "))
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore store = KeyStore.getInstance(file.toFile(), "changeit".toCharArray());
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, "changeit".toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    @Test
    void nobodyThereIsOne() {
        int port = server.getAddress().getPort();
        server.stop(0);
        StringWriter text = new StringWriter();
        assertThat(Commands.run(new PrintWriter(text), new PrintWriter(text), "probe", "http://127.0.0.1:" + port))
                .isEqualTo(1);
    }

    private int probe(String... options) {
        PrintWriter writer = new PrintWriter(said, true);
        String address = "http://127.0.0.1:" + server.getAddress().getPort();
        List<String> arguments = new ArrayList<>(List.of("probe"));
        arguments.addAll(List.of(options));
        arguments.add(options.length == 0 ? address : address + "/");
        return Commands.run(writer, writer, arguments.toArray(String[]::new));
    }

    private void answer(String path, int status, String text) {
        server.createContext(path, exchange -> {
            exchange.getRequestBody().readAllBytes();
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
    }
}
