package dev.altiplano.server.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionCreateParams;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletResponse;

/** What stands in a stream of events. */
class EventStreamTest {

    private static final String CHUNK =
            "{\"id\":\"cmpl-1\",\"object\":\"text_completion\",\"created\":1,\"model\":\"a\",\"choices\":"
                    + "[{\"text\":\"TEXT\",\"index\":0,\"logprobs\":null,\"finish_reason\":null}]}";

    private static MockHttpServletResponse withHeartbeats(boolean ids) throws IOException {
        MockHttpServletResponse response = new MockHttpServletResponse();
        EventStream events = new EventStream(response, Duration.ZERO, ids);
        events.flush();
        for (String text : new String[] {"One", "Two"}) {
            events.data(text, CHUNK.replace("TEXT", text).getBytes(StandardCharsets.UTF_8));
            events.flush();
            events.flush();
            events.flush();
        }
        events.done();
        return response;
    }

    @Test
    void noHeartbeatEndsAnEvent() throws IOException {
        assertThat(withHeartbeats(true).getContentAsString())
                .isEqualTo(":\nid: One\ndata: " + CHUNK.replace("TEXT", "One") + "\n\n:\n:\nid: Two\ndata: "
                        + CHUNK.replace("TEXT", "Two") + "\n\n:\n:\ndata: [DONE]\n\n");
    }

    /** Clients that split at empty lines skip what begins with a comment: an event must not stand behind one. */
    @Test
    void aHeartbeatStandsAloneWhereEventsHaveNoIds() throws IOException {
        assertThat(withHeartbeats(false).getContentAsString().split("\n\n"))
                .containsExactly(
                        ":",
                        "data: " + CHUNK.replace("TEXT", "One"),
                        ":",
                        ":",
                        "data: " + CHUNK.replace("TEXT", "Two"),
                        ":",
                        ":",
                        "data: [DONE]");
    }

    /** It keeps an event's id for those behind it, as browsers do, and takes an empty line for the end of another one. */
    @Test
    void openAisClientReadsOverHeartbeats() throws IOException {
        MockHttpServletResponse response = withHeartbeats(true);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/completions", exchange -> {
            exchange.getResponseHeaders().add("Content-Type", String.valueOf(response.getContentType()));
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(response.getContentAsByteArray());
            exchange.close();
        });
        server.start();
        OpenAIClient client = OpenAIOkHttpClient.builder()
                .baseUrl("http://127.0.0.1:" + server.getAddress().getPort() + "/v1")
                .apiKey("none")
                .build();
        CompletionCreateParams request =
                CompletionCreateParams.builder().model("a").prompt("Once").build();
        StringBuilder text = new StringBuilder();
        try (StreamResponse<Completion> stream = client.completions().createStreaming(request)) {
            stream.stream()
                    .forEach(chunk -> text.append(chunk.choices().getFirst().text()));
        } finally {
            client.close();
            server.stop(0);
        }
        assertThat(text.toString()).isEqualTo("OneTwo");
    }
}
