package dev.altiplano.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.server.OpenApi;
import dev.altiplano.server.TestServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What is refused, and how: always the error object, the field's name, and a service that goes on. */
class BadRequestTest {

    private final TestServer server = TestServer.shared();

    @AfterEach
    void stillServes() {
        server.complete("{\"prompt\":\"a\",\"max_tokens\":1}");
        server.awaitIdle();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "temperature | NaN",
                "temperature | Infinity",
                "temperature | -Infinity",
                "temperature | 1e309",
                "temperature | -0.1",
                "temperature | 2.0001",
                "temperature | \"1\"",
                "temperature | true",
                "temperature | []",
                "temperature | {}",
                "top_p | -1",
                "top_p | 1.1",
                "top_p | NaN",
                "top_k | -2",
                "top_k | 1.5",
                "top_k | 2147483648",
                "min_p | 1.01",
                "max_tokens | -2",
                "max_tokens | 1.5",
                "max_tokens | 1e309",
                "max_tokens | 99999999999",
                "max_tokens | 123456789012345678901234567890",
                "max_tokens | \"16\"",
                "n | 0",
                "n | -1",
                "n | 17",
                "n | 1000000000",
                "n | 1e18",
                "best_of | -1",
                "best_of | 17",
                "logprobs | -1",
                "logprobs | 6",
                "logprobs | true",
                "presence_penalty | 2.1",
                "presence_penalty | Infinity",
                "frequency_penalty | -2.1",
                "repetition_penalty | 0",
                "repetition_penalty | 11",
                "echo | 1",
                "echo | \"true\"",
                "stream | 1",
                "stop | [\"\"]",
                "stop | [\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\",\"i\",\"j\",\"k\",\"l\",\"m\",\"n\",\"o\",\"p\",\"q\"]",
                "stop | [null]",
                "stop | [1]",
                "stop | {}",
                "stop | \"\\udc00\"",
                "logit_bias | {\"512\":1}",
                "logit_bias | {\"-1\":1}",
                "logit_bias | {\"01\":1}",
                "logit_bias | {\"a\":1}",
                "logit_bias | {\"99999999999999\":1}",
                "logit_bias | []",
                "seed | 9223372036854775808",
                "seed | 1.5",
                "seed | \"1\"",
                "user | 5",
                "suffix | \"end\"",
                "ignore_eos | 0",
                "timeout | 0",
                "timeout | -1",
                "timeout | 3601",
                "timeout | NaN",
                "stream_options | {\"include_usage\":true}",
                "stream_options | true",
                "frobnicate | 1",
                "messages | []",
                "model | 5",
                "prompt | 5",
                "prompt | true",
                "prompt | {}",
                "prompt | []",
                "prompt | [[]]",
                "prompt | [[1],[]]",
                "prompt | [null]",
                "prompt | [\"a\",1]",
                "prompt | [1,\"a\"]",
                "prompt | [[1],2]",
                "prompt | [[[1]]]",
                "prompt | [1.5]",
                "prompt | [-1]",
                "prompt | [512]",
                "prompt | [[1,2],[3,512]]",
                "prompt | [4294967297]",
                "prompt | \"\\ud800\"",
                "prompt | \"a\\udc00b\"",
                "prompt | [\"ok\",\"\\ud83dx\"]",
            })
    void refusesAValueAndNamesItsField(String field, String value) {
        String prompt = field.equals("prompt") ? "" : "\"prompt\":\"a\",";
        JsonNode error = TestServer.error(
                server.post("/v1/completions", "{" + prompt + "\"" + field + "\":" + value + "}"), 400);
        assertThat(error.get("type").asString()).isEqualTo("invalid_request_error");
        assertThat(error.get("param").asString()).isEqualTo(field);
        assertThat(error.get("message").asString()).contains(field.equals("messages") ? "messages" : field);
    }

    @ParameterizedTest
    @ValueSource(strings = {"logit_bias", "stream_options"})
    void namesAFieldInsideAField(String field) {
        JsonNode error = TestServer.error(
                server.post("/v1/completions", "{\"prompt\":\"a\",\"stream\":true,\"" + field + "\":{\"7\":true}}"),
                400);
        assertThat(error.get("param").asString()).isEqualTo(field + ".7");
        error = TestServer.error(server.post("/v1/completions", "{\"prompt\":\"a\",\"logit_bias\":{\"7\":null}}"), 400);
        assertThat(error.get("param").asString()).isEqualTo("logit_bias.7");
        error = TestServer.error(
                server.post("/v1/completions", "{\"prompt\":\"a\",\"logit_bias\":{\"7\":100.5}}"), 400);
        assertThat(error.get("param").asString()).isEqualTo("logit_bias.7");
    }

    @Test
    void refusesWhatDoesNotGoTogether() {
        assertThat(refused("{\"prompt\":\"a\",\"n\":3,\"best_of\":2}")
                        .get("param")
                        .asString())
                .isEqualTo("best_of");
        assertThat(refused("{\"prompt\":\"a\",\"best_of\":2,\"stream\":true}")
                        .get("param")
                        .asString())
                .isEqualTo("best_of");
        assertThat(refused("{\"prompt\":[" + "\"a\",".repeat(31) + "\"a\"],\"n\":16}")
                        .get("param")
                        .asString())
                .isEqualTo("n");
        assertThat(refused("{\"prompt\":[" + "\"a\",".repeat(128) + "\"a\"]}")
                        .get("param")
                        .asString())
                .isEqualTo("prompt");
        assertThat(refused("{}").get("param").asString()).isEqualTo("prompt");
        assertThat(refused("{\"prompt\":null}").get("param").asString()).isEqualTo("prompt");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "[]",
                "\"a\"",
                "{",
                "{\"prompt\"",
                "{\"prompt\":",
                "{\"prompt\":\"a\"",
                "{\"prompt\":\"a\"}}",
                "{\"prompt\":\"a\"} {}",
                "{\"prompt\":\"a\",}",
                "{prompt:\"a\"}",
                "{'prompt':'a'}",
                "{\"prompt\":\"a\"}//",
                "{\"prompt\":\"a\",\"prompt\":\"b\"}",
                "{\"prompt\":\"a\",\"user\":\"\u0001\"}",
                "{\"prompt\":\"a\",\"n\":01}",
                "{\"prompt\":\"a\",\"logit_bias\":{\"5\":1,\"5\":2}}",
                "{\"prompt\":tru}"
            })
    void refusesWhatIsNotOneStrictJsonObject(String body) {
        assertThat(refused(body).get("code").asString()).isEqualTo("invalid_json");
    }

    @Test
    void refusesDeepAndEndlessStructures() {
        refused("{\"prompt\":" + "[".repeat(100_000));
        refused("{\"prompt\":\"a\",\"x\":" + "{\"a\":".repeat(50) + "1" + "}".repeat(51));
        refused("{\"prompt\":\"a\",\"" + "k".repeat(100_000) + "\":1}");
        refused("{\"prompt\":\"a\",\"n\":" + "9".repeat(100_000) + "}");
    }

    @Test
    void refusesBytesThatAreNotUtf8() {
        byte[] prefix = "{\"prompt\":\"".getBytes(StandardCharsets.UTF_8);
        for (int[] bad : new int[][] {{0xFF}, {0xC3, 0x28}, {0xED, 0xA0, 0x80}, {0xF0, 0x9F}}) {
            byte[] body = new byte[prefix.length + bad.length + 2];
            System.arraycopy(prefix, 0, body, 0, prefix.length);
            for (int i = 0; i < bad.length; i++) {
                body[prefix.length + i] = (byte) bad[i];
            }
            body[body.length - 2] = '"';
            body[body.length - 1] = '}';
            TestServer.error(
                    server.send(HttpRequest.newBuilder(server.uri("/v1/completions"))
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofByteArray(body))),
                    400);
        }
    }

    @Test
    void refusesALargeBody() {
        String large = "{\"prompt\":\"" + "a".repeat(10 << 20) + "\"}";
        HttpResponse<String> response = server.post("/v1/completions", large);
        assertThat(TestServer.error(response, 413).get("code").asString()).isEqualTo("body_too_large");
        HttpResponse<String> chunked = server.send(HttpRequest.newBuilder(server.uri("/v1/completions"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofInputStream(
                        () -> new ByteArrayInputStream(large.getBytes(StandardCharsets.UTF_8)))));
        assertThat(TestServer.error(chunked, 413).get("code").asString()).isEqualTo("body_too_large");
    }

    @Test
    void refusesABodyThatIsTooLongForTheContext() {
        JsonNode error = refused("{\"prompt\":\"" + "word ".repeat(200_000) + "\"}");
        assertThat(error.get("code").asString()).isEqualTo("context_length_exceeded");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/x-www-form-urlencoded",
                "text/plain",
                "application/json; charset=iso-8859-1",
                "application/xml",
                "multipart/form-data; boundary=x",
                "nonsense"
            })
    void refusesOtherMediaTypes(String type) {
        HttpResponse<String> response = server.send(HttpRequest.newBuilder(server.uri("/v1/completions"))
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofString("{\"prompt\":\"a\"}")));
        assertThat(TestServer.error(response, 415).get("code").asString()).isEqualTo("unsupported_media_type");
    }

    @Test
    void refusesACompressedBody() {
        TestServer.error(server.post("/v1/completions", "{\"prompt\":\"a\"}", "Content-Encoding", "gzip"), 415);
    }

    @Test
    void acceptsTheMediaTypesThatClientsSend() {
        for (String type : new String[] {
            "application/json",
            "application/json; charset=UTF-8",
            "Application/JSON;charset=\"utf-8\"",
            "application/json;charset=UTF8"
        }) {
            HttpResponse<String> response = server.send(HttpRequest.newBuilder(server.uri("/v1/completions"))
                    .header("Content-Type", type)
                    .header("Accept", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString("{\"prompt\":\"a\",\"max_tokens\":1,\"stream\":true}")));
            assertThat(response.statusCode()).isEqualTo(200);
        }
    }

    @Test
    void answersEveryOtherPathAndMethodInTheSameWords() {
        HttpResponse<String> wrongMethod = server.get("/v1/completions");
        assertThat(TestServer.error(wrongMethod, 405).get("code").asString()).isEqualTo("method_not_allowed");
        assertThat(wrongMethod.headers().firstValue("allow")).hasValue("POST");
        assertThat(wrongMethod.headers().firstValue("x-should-retry")).hasValue("false");
        TestServer.error(server.get("/v1/rerank"), 404);
        TestServer.error(server.post("/v1/nothing", "{}"), 404);
        TestServer.error(server.get("/error"), 404);
        TestServer.error(server.get("/actuator/env"), 404);
        TestServer.error(server.get("/v1/models", "Accept", "image/png"), 406);
        TestServer.error(server.get("/v1/models/other"), 404);
        TestServer.error(server.get("/v1/models/a/b"), 404);
        JsonNode error =
                TestServer.error(server.post("/v1/completions", "{\"prompt\":\"a\",\"model\":\"gpt-4\"}"), 404);
        assertThat(error.get("code").asString()).isEqualTo("model_not_found");
        assertThat(error.get("param").asString()).isEqualTo("model");
    }

    @Test
    void refusesWhatTheContainerRefusesInTheSameWords() throws IOException {
        for (String path : new String[] {"/v1/%2e%2e/x%00", "/a%5c..%2f", "/%zz"}) {
            try (Socket socket =
                    server.raw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")) {
                String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertThat(answer).startsWith("HTTP/1.1 400").doesNotContain("Tomcat", "Exception");
                String body = answer.substring(answer.indexOf("\r\n\r\n") + 4);
                OpenApi.check("Error", body);
            }
        }
    }

    @Test
    void boundsHeaders() throws IOException {
        String request = "GET /v1/models HTTP/1.1\r\nHost: localhost\r\nX-Long: " + "a".repeat(17 * 1024) + "\r\n\r\n";
        try (Socket socket = server.raw(request)) {
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 4");
        }
    }

    @Test
    void refusesABodyThatEndsEarlyOrNever() throws IOException {
        String head = "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: 100\r\n\r\n{\"prompt\":";
        try (Socket socket = server.raw(head)) {
            socket.shutdownOutput();
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 400")
                    .contains("incomplete_body");
        }
        try (Socket socket = server.raw(head)) {
            for (int i = 0; i < 60; i++) {
                socket.getOutputStream().write(' ');
                socket.getOutputStream().flush();
                Thread.sleep(100);
                if (socket.getInputStream().available() > 0) {
                    break;
                }
            }
            byte[] answer = new byte[12];
            assertThat(socket.getInputStream().readNBytes(answer, 0, 12)).isEqualTo(12);
            assertThat(new String(answer, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 408");
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "NaN", "Infinity", "abc", "1e3", "3601", "99999999999999999999", ""})
    void refusesABadTimeoutHeader(String value) {
        JsonNode error =
                TestServer.error(server.post("/v1/completions", "{\"prompt\":\"a\"}", "X-Request-Timeout", value), 400);
        assertThat(error.get("param").asString()).isEqualTo("X-Request-Timeout");
    }

    @Test
    void boundsWhatItSaysBack() {
        JsonNode error = refused("{\"prompt\":\"a\",\"model\":\"" + "m".repeat(600) + "\"}");
        assertThat(error.get("message").asString()).hasSizeLessThan(600);
        error = TestServer.error(
                server.post("/v1/completions", "{\"prompt\":\"a\",\"model\":\"a\\u0000\\nb\\u202e\"}"), 404);
        assertThat(error.get("message").asString()).doesNotContain("\n", "\u0000");
    }

    private JsonNode refused(String body) {
        HttpResponse<String> response = server.post("/v1/completions", body);
        JsonNode error = TestServer.error(response, 400);
        assertThat(response.headers().firstValue("x-should-retry")).hasValue("false");
        return error;
    }
}
