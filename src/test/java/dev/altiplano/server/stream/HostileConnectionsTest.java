package dev.altiplano.server.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.server.KeyedServer;
import dev.altiplano.server.TestServer;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Connections that hold something without asking anything: they are closed in bounded time, and others are served meanwhile. */
class HostileConnectionsTest {

    private static final String ONE = "{\"prompt\":\"Once\",\"max_tokens\":1,\"ignore_eos\":true}";
    private static final String HEAD =
            "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                    + KeyedServer.MAX_BODY_BYTES + "\r\n\r\n";

    private final TestServer server = KeyedServer.shared();
    private final List<Socket> sockets = new ArrayList<>();

    @AfterEach
    void hangUp() throws IOException {
        closeAll();
        Awaitility.await().until(this::isServed);
        closeAll();
        server.awaitIdle();
    }

    private void closeAll() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private Socket open(String text) throws IOException {
        Socket socket = server.raw(text);
        sockets.add(socket);
        return socket;
    }

    private int status(String name) {
        return server.post("/v1/completions", ONE, KeyedServer.bearer(name)).statusCode();
    }

    @Test
    void aHeadThatTricklesIsClosed() throws Exception {
        Socket socket = open("GET /v1/models HTTP/1.1\r\nHost: localhost\r\n");
        socket.setSoTimeout(50);
        boolean closed = false;
        // Each line begins the container's own patience of 20 seconds again, and fewer lines than its limit of 100 are
        // sent.
        for (int line = 0; line < 80 && !closed; line++) {
            closed = !write(socket, "X-" + line + ": 1\r\n") || ended(socket);
        }
        assertThat(closed).isTrue();
    }

    /** The container ends it by itself, and serves the next connection with what served this one. */
    @Test
    void aHeadThatStopsHalfwayHarmsNobodyElse() throws Exception {
        try (TestServer impatient = TestServer.ready(
                        "--server.tomcat.connection-timeout=300ms", "--altiplano.api.head-timeout=300ms");
                Socket silent = impatient.raw("GET /livez HTTP/1.1\r\nHost: localhost\r\n")) {
            assertThat(silent.getInputStream().read()).isEqualTo(-1);
            Thread.sleep(400);
            for (int i = 0; i < 5; i++) {
                try (Socket next = impatient.raw("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
                    assertThat(next.getInputStream().read()).isEqualTo('H');
                }
            }
        }
    }

    @Test
    void oneAddressHasNoMoreConnectionsThanItMay() throws Exception {
        int served = 0;
        for (int i = 0; i < KeyedServer.MAX_CONNECTIONS + 20; i++) {
            if (isServed()) {
                served++;
            }
        }
        // The tests' own client has some of them.
        assertThat(served).isBetween(KeyedServer.MAX_CONNECTIONS / 2, KeyedServer.MAX_CONNECTIONS);
        sockets.getFirst().close();
        Awaitility.await().until(this::isServed);
    }

    /** Opens a connection that stays open; whether it was answered on. */
    private boolean isServed() {
        try {
            return open("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
                            .getInputStream()
                            .read()
                    == 'H';
        } catch (IOException e) {
            return false;
        }
    }

    /** Memory is charged for what has come, not for what is said to come. */
    @Test
    void announcedBodiesTakeNothingFromOthers() throws Exception {
        for (int i = 0; i < 16; i++) {
            open(KeyedServer.authorized(HEAD + "{", "many"));
        }
        assertThat(status("other")).isEqualTo(200);
    }

    @Test
    void bodiesOfOneKeyLeaveMemoryToOthers() throws Exception {
        String nearlyAll = " ".repeat(KeyedServer.MAX_BODY_BYTES - 1000);
        Awaitility.await().until(() -> {
            open(KeyedServer.authorized(HEAD + nearlyAll, "many"));
            return status("many") == 503;
        });
        assertThat(status("other")).isEqualTo(200);
        closeAll();
        Awaitility.await().until(() -> status("many") == 200);
    }

    /** Tokens take several times the text, and control characters several times their tokens: more than the kernel takes for a client. */
    @ParameterizedTest
    @CsvSource({"/tokenize, '{\"prompt\":\"', q, '\"}'", "/detokenize, '{\"tokens\":[4', ',4', ']}'"})
    void textOfOneKeyThatIsNotReadLeavesMemoryToOthers(String path, String begin, String part, String end)
            throws Exception {
        String body = begin + part.repeat((KeyedServer.MAX_BODY_BYTES - 1000) / part.length()) + end;
        String request = "POST " + path
                + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " + body.length()
                + "\r\n\r\n" + body;
        for (int i = 0; i < 2; i++) {
            Socket unread = open(KeyedServer.authorized(request, "many"));
            assertThat(new String(unread.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 200");
        }
        assertThat(status("many")).isEqualTo(503);
        assertThat(status("other")).isEqualTo(200);
        closeAll();
        Awaitility.await().until(() -> status("many") == 200);
    }

    private static boolean write(Socket socket, String text) {
        try {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Waits as long as the socket's timeout. */
    private static boolean ended(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }
}
