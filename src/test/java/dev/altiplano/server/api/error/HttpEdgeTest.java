package dev.altiplano.server.api.error;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.server.OpenApi;
import dev.altiplano.server.TestServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that come no further than the container, and methods that no route has: OpenAI's error object with a request id. */
class HttpEdgeTest {

    private final TestServer server = TestServer.shared();

    @Test
    void saysWhichSettingBoundsTheHead() throws IOException {
        String headers =
                raw("GET /v1/models HTTP/1.1\r\nHost: localhost\r\nCookie: s=" + "a".repeat(20_000) + "\r\n\r\n");
        assertThat(headers).startsWith("HTTP/1.1 431").contains("server.max-http-request-header-size");
        String target = raw("GET /v1/models?x=" + "a".repeat(20_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assertThat(target).startsWith("HTTP/1.1 414").contains("server.max-http-request-header-size");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /v1/models?a[]=1 HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /v1/models HTTP/1.1\r\n\r\n",
                "GET /v1/models HTTP/1.1\r\nHost: a b\r\n\r\n",
                "GET /v1/models HTTP/1.1\r\nHost: localhost\r\nBad Name: 1\r\n\r\n",
                "GET /v1/models HTTP/9.1\r\nHost: localhost\r\n\r\n",
                "nonsense\r\n\r\n",
            })
    void refusesWhatIsNoRequestInItsOwnWords(String request) throws IOException {
        String response = raw(request);
        assertThat(response).startsWith("HTTP/1.1 ").doesNotContain("Exception", "Tomcat", "<html");
        assertThat(response.substring(9, 12)).isIn("400", "505");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CONNECT x:1 HTTP/1.1~Host: x:1 | 501 | not_implemented",
                "POST /v1/completions HTTP/1.1~Host: x~Transfer-Encoding: gzip, chunked | 501 | not_implemented",
                "POST /v1/completions HTTP/1.1~Host: x~Content-Length: 2~Expect: foo | 417 | expectation_failed",
            })
    void saysWhatTheContainerDoesNotDo(String head, String status, String code) throws IOException {
        assertThat(raw(head.replace("~", "\r\n") + "\r\n\r\n"))
                .startsWith("HTTP/1.1 " + status)
                .contains("\"invalid_request_error\"", "\"code\":\"" + code + "\"")
                .doesNotContain("log says");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET /v1/models?a[]=1 HTTP/1.1~Host: x | percent-encoded",
                "GET /v1/models HTTP/1.1 | one Host",
                "GET /v1/models HTTP/1.1~Host: x~Host: y | one Host",
                "POST /v1/completions HTTP/1.1~Host: x~Content-Length: 2~Content-Length: 3 | one Content-Length",
                "GET /v1/models HTTP/1.1~Host: x~Bad Name: 1 | header",
            })
    void saysWhatIsWrongWithTheHead(String head, String what) throws IOException {
        assertThat(raw(head.replace("~", "\r\n") + "\r\n\r\n"))
                .startsWith("HTTP/1.1 400")
                .satisfies(response ->
                        assertThat(response.contains("percent-encoded")).isEqualTo(head.contains("[")))
                .contains(what);
    }

    /** Longer than a client may take within a request: one that sends the next on a connection that is just closed sees it break. */
    @Test
    void keepsIdleConnectionsLongerThanClientsDo() throws Exception {
        String request = "HEAD /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n";
        try (TestServer hasty = TestServer.ready("--server.tomcat.connection-timeout=200ms");
                Socket socket = hasty.raw("")) {
            BufferedReader answers =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            // The container looks once a second whose time is over.
            for (int idleMs : new int[] {0, 2500}) {
                Thread.sleep(idleMs);
                socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
                assertThat(answers.readLine()).startsWith("HTTP/1.1 200");
                assertThat(answers.lines().takeWhile(line -> !line.isEmpty())).isNotEmpty();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"llm_server:8080,200", "project_llm_1,200", "_,200", "a_b:99999,400", "a_b:x,400", "a_/b,400"})
    void servesHostNamesThatPeopleHave(String host, String status) throws IOException {
        assertThat(raw("GET /v1/models HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 " + status);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"/v1/completions | POST,OPTIONS", "/v1/models | GET,HEAD,OPTIONS", "/ | GET,HEAD,OPTIONS"})
    void allowsWhatThereIs(String path, String methods) {
        HttpResponse<String> options = method("OPTIONS", path);
        assertThat(options.statusCode()).isEqualTo(200);
        assertThat(options.headers().firstValue("allow")).hasValue(methods);
        HttpResponse<String> browser = server.send(HttpRequest.newBuilder(server.uri(path))
                .header("Origin", "https://page.example")
                .header("Access-Control-Request-Method", "POST")
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody()));
        assertThat(browser.headers().firstValue("allow")).hasValue(methods);
        assertThat(browser.headers().map()).doesNotContainKey("access-control-allow-origin");
    }

    @Test
    void refusesTrace() {
        HttpResponse<String> trace = method("TRACE", "/v1/models");
        assertThat(TestServer.error(trace, 405).get("message").asString()).contains("TRACE");
        assertThat(trace.headers().firstValue("x-request-id")).isPresent();
        assertThat(trace.headers().firstValue("allow").orElseThrow()).doesNotContain("TRACE");
    }

    @Test
    void namesTheRoutesThereAre() {
        String message =
                TestServer.error(server.get("/completions"), 404).get("message").asString();
        assertThat(message)
                .contains("/completions")
                .contains("POST /v1/completions", "GET /v1/models,", "GET /v1/models/{id}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/completions/", "/v1//completions", "//v1/completions", "/v1/completions//"})
    void servesPathsWithSlashesTooMany(String path) {
        HttpResponse<String> response = server.post(path, "{\"prompt\":\"Once\",\"max_tokens\":1}");
        assertThat(response.statusCode()).isEqualTo(200);
        OpenApi.check("Completion", response.body());
    }

    @Test
    void leavesOutSlashesBelowTheApiAlone() {
        assertThat(server.get("/v1/models/").body())
                .isEqualTo(server.get("/v1/models").body());
        assertThat(server.get("/v1/models/altiplano-demo/").statusCode()).isEqualTo(200);
        TestServer.error(server.get("/v1/nothing/"), 404);
        TestServer.error(server.get("/version/"), 404);
        TestServer.error(server.get("/v1/"), 404);
    }

    @Test
    void knowsNoPartOfHealthBehindAPart() {
        TestServer.error(server.get("/actuator/health/foo/bar"), 404);
        assertThat(server.get("/actuator/health/foo").statusCode()).isEqualTo(404);
    }

    private HttpResponse<String> method(String method, String path) {
        return server.send(
                HttpRequest.newBuilder(server.uri(path)).method(method, HttpRequest.BodyPublishers.noBody()));
    }

    /** The whole response; one that refuses has an error object and an id. */
    private String raw(String request) throws IOException {
        try (Socket socket = server.raw(request)) {
            String response = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (response.startsWith("HTTP/1.1 4") || response.startsWith("HTTP/1.1 5")) {
                int body = response.indexOf("\r\n\r\n");
                assertThat(response.substring(0, body)).containsIgnoringCase("x-request-id: ");
                OpenApi.check("Error", response.substring(body + 4));
            }
            return response;
        }
    }
}
