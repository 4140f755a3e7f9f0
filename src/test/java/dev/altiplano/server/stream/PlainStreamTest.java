package dev.altiplano.server.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.server.ChatServer;
import dev.altiplano.server.TestServer;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Streams without ids, as clients need them that take each line, or each block, for an event's data. */
class PlainStreamTest {

    private static final String COMPLETION =
            "{\"prompt\":\"Once\",\"max_tokens\":8,\"ignore_eos\":true,\"temperature\":0,\"stream\":true}";
    private static final String CHAT =
            "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"max_tokens\":8,\"stream\":true}";

    private static final Path MODEL = ChatServer.model();

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.ready("--altiplano.model.path=" + MODEL, "--altiplano.api.event-ids=false");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String body(String path, String json, String... headers) {
        HttpResponse<String> response = server.post(path, json, headers);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body();
    }

    @Test
    void haveNoLinesButDataAndComments() {
        for (String body : List.of(body("/v1/completions", COMPLETION), body(ChatServer.PATH, CHAT))) {
            assertThat(body.lines())
                    .allMatch(line -> line.isEmpty() || line.startsWith("data: ") || line.startsWith(":"));
            assertThat(chunks(body.split("\n"))).hasSizeGreaterThan(1);
            assertThat(chunks(body.split("\n\n"))).hasSizeGreaterThan(1);
        }
    }

    /** The loop of such a client: what is neither empty nor a comment is JSON behind the prefix, whatever it is. */
    private static List<JsonNode> chunks(String[] parts) {
        List<JsonNode> chunks = new ArrayList<>();
        for (String part : parts) {
            String rest = part.strip();
            if (rest.isEmpty() || rest.startsWith(":")) {
                continue;
            }
            rest = rest.startsWith("data: ") ? rest.substring("data: ".length()) : rest;
            if (rest.equals("[DONE]")) {
                return chunks;
            }
            chunks.add(TestServer.JSON.readTree(rest));
        }
        throw new AssertionError("the stream has no end");
    }

    /** From a replica that sends ids: the rest comes, without any. */
    @Test
    void goOnFromAnotherReplicasId() {
        String[] whole = body("/v1/completions", COMPLETION).split("\n\n");
        try (TestServer other = TestServer.ready("--altiplano.model.path=" + MODEL)) {
            String first = other.post("/v1/completions", COMPLETION).body().split("\n\n")[0];
            String id = first.substring("id: ".length(), first.indexOf('\n'));
            String rest = body("/v1/completions", COMPLETION, "Last-Event-ID", id);
            assertThat(text(chunks(whole)))
                    .isEqualTo(text(chunks(new String[] {first.substring(first.indexOf('\n') + 1), "data: [DONE]"}))
                            + text(chunks(rest.split("\n\n"))));
        }
    }

    private static String text(List<JsonNode> chunks) {
        StringBuilder text = new StringBuilder();
        for (JsonNode chunk : chunks) {
            text.append(chunk.at("/choices/0/text").asString(""));
        }
        return text.toString();
    }
}
