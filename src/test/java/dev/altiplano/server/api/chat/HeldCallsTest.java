package dev.altiplano.server.api.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.server.ChatServer;
import dev.altiplano.server.OpenApi;
import dev.altiplano.server.ScriptedModel;
import dev.altiplano.server.ScriptedModel.Script;
import dev.altiplano.server.TestServer;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Calls that a model may make, and whose functions and arguments are not left to it: strict tools, allowed tools. */
class HeldCallsTest {

    private static final String TOOL =
            "{\"type\":\"function\",\"function\":{\"name\":\"NAME\",\"strict\":STRICT,\"parameters\":{\"type\":\"object\",\"properties\":"
                    + "{\"city\":{\"enum\":[\"Rome\",\"Oslo\"]}},\"required\":[\"city\"],\"additionalProperties\":false}}}";

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "<tool_call>;<tool_call> </tool_call>;So: <tool_call>{\"name\": \"weather\", \"arguments\": {\"city\": \"Nice\"}}</tool_call>",
                "<tool_call>;;<tool_call>{\"name\": \"weather\", \"arguments\": {\"city\": \"Nice\"}}</tool_call>",
                "none;<|python_tag|>;{\"name\": \"weather\", \"parameters\": {\"city\": \"Nice\"}}",
                "[TOOL_CALLS];[TOOL_CALLS] [ARGS];[TOOL_CALLS]weather[ARGS]{\"city\": \"Nice\"}"
            })
    void followTheRequest(String marks, String controls, String call) {
        try (TestServer server = TestServer.ready(
                "--altiplano.model.path="
                        + ScriptedModel.write(
                                marks,
                                controls == null ? List.of() : List.of(controls.split(" ")),
                                List.of(
                                        new Script("messages[0].content == 'Call'", call),
                                        new Script("true", "Good day to you!"))),
                "--altiplano.engine.context-length=4096")) {
            assertThat(server(server, "Call", tools("false", "false"), "")
                            .at("/function/arguments")
                            .asString())
                    .contains("Nice");

            JsonNode held = server(server, "Call", tools("true", "false"), "");
            assertThat(held.at("/function/name").asString()).isEqualTo("weather");
            assertThat(city(held)).as(held.toString()).isIn("Rome", "Oslo");

            String allowed =
                    ",\"tool_choice\":{\"type\":\"allowed_tools\",\"allowed_tools\":{\"mode\":\"auto\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"other\"}}]}}";
            JsonNode other = server(server, "Call", tools("true", "true"), allowed);
            assertThat(other.at("/function/name").asString("other")).isEqualTo("other");

            String format =
                    ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"schema\":{\"enum\":[\"Good day\",7]}}}";
            if (!call.startsWith("So:")) {
                assertThat(city(server(server, "Call", tools("true", "true"), format)))
                        .isIn("Rome", "Oslo");
            }
            assertThat(post(
                                    server,
                                    "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"temperature\":0,\"tool_choice\":\"none\""
                                            + tools("true", "true") + format + "}")
                            .at("/choices/0/message/content")
                            .asString())
                    .isIn("\"Good day\"", "7");

            String greeting = "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]" + tools("true", "true") + "}";
            assertThat(post(server, greeting).at("/choices/0/message/content").asString())
                    .isEqualTo("Good day to you!");
        }
    }

    private static String tools(String first, String second) {
        return ",\"tools\":[" + TOOL.replace("NAME", "weather").replace("STRICT", first) + ","
                + TOOL.replace("NAME", "other").replace("STRICT", second) + "]";
    }

    private static String city(JsonNode call) {
        return TestServer.JSON
                .readTree(call.at("/function/arguments").asString())
                .get("city")
                .asString();
    }

    /** The first call of an answer, whole and streamed; what comes behind it is cut off. */
    private static JsonNode server(TestServer server, String asked, String tools, String choice) {
        String request = "\"messages\":[{\"role\":\"user\",\"content\":\"" + asked
                + "\"}],\"temperature\":0,\"max_tokens\":120,\"parallel_tool_calls\":false" + tools + choice;
        JsonNode call = post(server, "{" + request + "}").at("/choices/0/message/tool_calls/0");
        HttpResponse<String> response = server.post(ChatServer.PATH, "{" + request + ",\"stream\":true}");
        StreamedCall streamed = StreamedCall.of(TestServer.events(response.body(), "ChatCompletionChunk"));
        assertThat(streamed.calls().isEmpty() ? "" : streamed.calls().getFirst().arguments())
                .isEqualTo(call.at("/function/arguments").asString(""));
        return call;
    }

    private static JsonNode post(TestServer server, String body) {
        HttpResponse<String> response = server.post(ChatServer.PATH, body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        OpenApi.check("ChatRequest", body);
        OpenApi.check("ChatCompletion", response.body());
        return TestServer.JSON.readTree(response.body());
    }
}
