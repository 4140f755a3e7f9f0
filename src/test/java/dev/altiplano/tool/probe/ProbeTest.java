package dev.altiplano.tool.probe;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.altiplano.tool.Commands;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
        answer("/actuator/health/readiness", 503, "{\"status\":\"OUT_OF_SERVICE\",\"percent\":40}");
        assertThat(probe()).isEqualTo(1);
        assertThat(said.toString()).contains("answers 503").contains("\"percent\":40");
        server.removeContext("/actuator/health/readiness");
        answer("/actuator/health/readiness", 200, "{\"status\":\"UP\"}");
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
