package dev.altiplano.server.api.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.chat.RandomJson;
import dev.altiplano.engine.grammar.RandomSchemas;
import dev.altiplano.server.ChatServer;
import dev.altiplano.server.OpenApi;
import dev.altiplano.server.ScriptedModel;
import dev.altiplano.server.ScriptedModel.Script;
import dev.altiplano.server.TestServer;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Streamed calls of tools, put together, are those of the answer in one piece. More of them by the system property {@code
 * altiplano.test.calls}, other ones by {@code altiplano.test.seed}.
 */
class StreamedCallsTest {

    private static final int CALLS = Integer.getInteger("altiplano.test.calls", 80);
    private static final long SEED = Long.getLong("altiplano.test.seed", 0);
    /** Each script is a branch of the template. */
    private static final int SCRIPTS = 100;

    private static final String[] CHOICES = {
        "\"required\"", "{\"type\":\"function\",\"function\":{\"name\":\"second\"}}", "\"auto\""
    };
    private static final int MAX_SCHEMA_CHARACTERS = 800;
    private static final String TOOLS =
            ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"first\",\"parameters\":{}}}]";

    /** Arguments that a schema holds, chosen by noise, and often cut off by the limit of tokens. */
    @Test
    void heldByTheirSchemas() {
        Random random = new Random(SEED);
        int whole = 0;
        for (int i = 0; i < CALLS / 2; i++) {
            whole += same(ChatServer.shared(), held(SEED + i, random)) ? 1 : 0;
        }
        System.out.println(whole + " of " + CALLS / 2 + " held calls came to their end, seed " + SEED);
        assertThat(whole).isPositive();
    }

    private static String held(long seed, Random random) {
        RandomSchemas schemas = new RandomSchemas(seed);
        String strict = random.nextBoolean() ? "true" : "false";
        return "\"messages\":[{\"role\":\"user\",\"content\":\"" + seed + "\"}],\"seed\":" + seed + ",\"max_tokens\":"
                + (20 + random.nextInt(180)) + ",\"temperature\":" + random.nextInt(20) / 10.0 + ",\"tool_choice\":"
                + CHOICES[random.nextInt(CHOICES.length)] + ",\"tools\":["
                + tool("first", strict, schema(schemas, random)) + ","
                + tool("second", "true", schema(schemas, random)) + "]";
    }

    /** One that leaves room in the context for another and for an answer. */
    private static String schema(RandomSchemas schemas, Random random) {
        while (true) {
            String schema = schemas.schema(1 + random.nextInt(4));
            if (schema.length() <= MAX_SCHEMA_CHARACTERS) {
                return schema;
            }
        }
    }

    private static String tool(String name, String strict, String schema) {
        return "{\"type\":\"function\",\"function\":{\"name\":\"" + name + "\",\"strict\":" + strict
                + ",\"parameters\":" + schema + "}}";
    }

    /** Arguments that the model is free to write as it likes. */
    @Test
    void leftToTheModel() {
        Random random = new Random(SEED);
        for (int from = 0; from < CALLS / 2; from += SCRIPTS) {
            List<Script> scripts = new ArrayList<>();
            for (int i = 0; i < Math.min(SCRIPTS, CALLS / 2 - from); i++) {
                String call = "Call " + i + ": <tool_call>{\"name\": \"first\", \"arguments\": "
                        + RandomJson.object(random) + "}</tool_call>";
                scripts.add(new Script(
                        "messages[0].content == '" + i + "'", random.nextInt(4) == 0 ? call + " " + call : call));
            }
            try (TestServer server = TestServer.ready(
                    "--altiplano.model.path=" + ScriptedModel.write("<tool_call>", List.of(), scripts),
                    "--altiplano.engine.context-length=4096")) {
                for (int i = 0; i < scripts.size(); i++) {
                    assertThat(same(server, "\"messages\":[{\"role\":\"user\",\"content\":\"" + i + "\"}]" + TOOLS))
                            .as(scripts.get(i).text())
                            .isTrue();
                }
            }
        }
    }

    /** Compares both ways; whether the answer is calls that came to their end. */
    private static boolean same(TestServer server, String fields) {
        HttpResponse<String> response = server.post(ChatServer.PATH, "{" + fields + "}");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        OpenApi.check("ChatCompletion", response.body());
        JsonNode choice = TestServer.JSON.readTree(response.body()).at("/choices/0");
        HttpResponse<String> stream = server.post(ChatServer.PATH, "{" + fields + ",\"stream\":true}");
        StreamedCall streamed = StreamedCall.of(TestServer.events(stream.body(), "ChatCompletionChunk"));
        assertThat(streamed.finishReason())
                .isEqualTo(choice.get("finish_reason").asString());
        assertThat(streamed.content()).isEqualTo(choice.at("/message/content").asString(""));
        JsonNode calls = choice.at("/message/tool_calls");
        assertThat(streamed.calls()).hasSize(calls.size());
        for (int i = 0; i < calls.size(); i++) {
            assertThat(streamed.calls().get(i).name())
                    .isEqualTo(calls.get(i).at("/function/name").asString());
            String arguments = calls.get(i).at("/function/arguments").asString();
            assertThat(streamed.calls().get(i).arguments()).isEqualTo(arguments);
            if (streamed.finishReason().equals("tool_calls")) {
                TestServer.JSON.readTree(arguments);
            }
        }
        return streamed.finishReason().equals("tool_calls");
    }
}
