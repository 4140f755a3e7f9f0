package dev.altiplano.evaluation.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.altiplano.evaluation.EvaluationException;
import dev.altiplano.evaluation.task.GenerationSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that answers as vLLM does. */
final class HttpModelTest {

    private HttpServer server;
    private String asked = "";
    private String completion = "";
    private String tokenized = "";

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/v1/models", to -> reply(to, 200, "{\"data\": [{\"id\": \"m\", \"max_model_len\": 64}]}"));
        server.createContext("/tokenizer_info", to -> reply(to, 200, "{\"eos_token\": \"</s>\"}"));
        server.createContext("/tokenize", to -> {
            tokenized = body(to);
            boolean special = tokenized.contains("\"add_special_tokens\":true");
            reply(to, 200, special ? "{\"tokens\": [1, 40, 41]}" : "{\"tokens\": [40, 41]}");
        });
        server.createContext("/v1/completions", to -> {
            asked = body(to);
            reply(to, completion.isEmpty() ? 400 : 200, completion.isEmpty() ? "{\"error\": \"no echo\"}" : completion);
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private static String body(HttpExchange exchange) throws IOException {
        return new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static void reply(HttpExchange exchange, int status, String json) throws IOException {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private HttpModel connect() throws InterruptedException {
        return HttpModel.connect("http://127.0.0.1:" + server.getAddress().getPort() + "/v1", "", null, 0, 4);
    }

    @Test
    void asksForEchoAndReadsTheContinuation() throws InterruptedException {
        completion = "{\"choices\": [{\"text\": \"\", \"logprobs\": {\"token_logprobs\": [null, -1.5, -0.25, -3], "
                + "\"top_logprobs\": [null, {\"a\": -0.5, \"b\": -1.5}, {\"c\": -0.25}, {\"d\": -3}]}}]}";
        try (HttpModel model = connect()) {
            assertThat(model.name()).isEqualTo("m");
            assertThat(model.contextLength()).isEqualTo(64);
            assertThat(model.bos()).isEqualTo(1);
            assertThat(model.eos()).isEqualTo(40);
            TokenLikelihoods end = model.score(new int[] {1, 40, 41}, 2);
            assertThat(end.logprobs()).containsExactly(-0.25);
            assertThat(end.greedy()).isTrue();
            assertThat(model.score(new int[] {1, 40, 41}, 1).greedy()).isFalse();
            assertThat(asked).contains("\"prompt\":[1,40,41]", "\"echo\":true", "\"max_tokens\":1");
        }
    }

    /** As in the process: a text that spells a control token has none. */
    @Test
    void textIsEncodedAsText() throws InterruptedException {
        try (HttpModel model = connect()) {
            assertThat(model.encode("</s>", false)).containsExactly(40, 41);
            assertThat(tokenized).contains("\"parse_special\":false");
        }
    }

    @Test
    void writes() throws InterruptedException {
        completion = "{\"choices\": [{\"text\": \" seven\"}]}";
        try (HttpModel model = connect()) {
            assertThat(model.write(new int[] {1}, new GenerationSettings(List.of("\n"), 8, 0.5, 0.9, 0), 3))
                    .isEqualTo(" seven");
            assertThat(asked).contains("\"stop\":[\"\\n\"]", "\"temperature\":0.5", "\"seed\":3", "\"top_p\":0.9");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"error\": \"busy\"}", "{\"choices\": []}", "{\"choices\": [{\"text\": null, \"index\": 0}]}"})
    void takesNoReplyWithoutATextForAnAnswer(String reply) throws InterruptedException {
        completion = reply;
        try (HttpModel model = connect()) {
            GenerationSettings settings = new GenerationSettings(List.of(), 8, 0, 1, 0);
            assertThatThrownBy(() -> model.write(new int[] {1}, settings, 3))
                    .isInstanceOf(EvaluationException.class)
                    .hasMessageContainingAll("http://127.0.0.1", "no choices[0].text", reply.substring(2, 8));
            completion = "{\"choices\": [{\"text\": \"\"}]}";
            assertThat(model.write(new int[] {1}, settings, 3)).isEmpty();
        }
    }

    /** Three tries with their pauses take 6 s. */
    @Test
    void doesNotWaitForAReplyThatNeverEnds() throws Exception {
        URI base = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        server.removeContext("/tokenize");
        server.createContext("/tokenize", HttpModelTest::endless);
        HttpModel.Server asked = new HttpModel.Server(base, "m", null, 64, 1, 2, 1);
        try (HttpModel model = new HttpModel(asked, Duration.ofMillis(200))) {
            assertThatThrownBy(() -> model.encode("a", false))
                    .isInstanceOf(EvaluationException.class)
                    .hasMessageContainingAll(base + "/tokenize", "not complete after 0.2 s");
        }
    }

    /** Sends a head and nothing behind it. */
    private static void endless(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        exchange.getResponseBody().write('{');
        exchange.getResponseBody().flush();
    }

    @Test
    void saysWhatTheServerSaid() throws InterruptedException {
        try (HttpModel model = connect()) {
            assertThatThrownBy(() -> model.score(new int[] {1, 2}, 1))
                    .isInstanceOf(EvaluationException.class)
                    .hasMessageContainingAll("/v1/completions", "400", "no echo");
            completion = "{\"choices\": []}";
            assertThatThrownBy(() -> model.score(new int[] {1, 2}, 1)).hasMessageContaining("echo and logprobs");
        }
        assertThatThrownBy(() -> HttpModel.connect("ftp://x", "", null, 0, 1)).hasMessageContaining("http://");
    }
}
