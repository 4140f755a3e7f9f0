package dev.altiplano.server.api.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.server.ChatServer;
import dev.altiplano.server.TestServer;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Requests with tools and a response format, as Vercel's AI SDK sends them for {@code generateText} with {@code tools} and
 * {@code Output.object}: the model answers in the format or calls, whichever it finds likelier.
 */
class ToolsWithFormatTest {

    private static final String REQUEST = """
            {"model":"demo-instruct","temperature":0,"response_format":{"type":"json_schema","json_schema":{"schema":{
            "$schema":"http://json-schema.org/draft-07/schema#","type":"object","properties":{PROPERTIES},"required":[REQUIRED],
            "additionalProperties":false},"strict":true,"name":"response"}},"messages":[MESSAGES],"tools":[{"type":"function",
            "function":{"name":"get_weather","description":"The weather in a city","parameters":{
            "$schema":"http://json-schema.org/draft-07/schema#","type":"object","properties":{"city":{"type":"string"}},
            "required":["city"],"additionalProperties":false}}}],"tool_choice":"auto"}
            """;

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.ready("--altiplano.model.path=src/main/resources/model/demo-instruct");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void answersInTheFormatWhereNoCallIsCalledFor() {
        JsonNode choice = choice(
                "\"name\":{\"type\":\"string\",\"maxLength\":20},\"count\":{\"type\":\"integer\"},\"item\":{\"type\":\"string\",\"maxLength\":20}",
                "\"name\",\"count\",\"item\"",
                "{\"role\":\"user\",\"content\":\"Tom buys 12 apples. Give me JSON with name, count and item.\"}");
        assertThat(choice.get("finish_reason").asString()).isEqualTo("stop");
        assertThat(choice.at("/message/content").asString())
                .isEqualTo("{\"name\": \"Tom\", \"count\": 12, \"item\": \"apple\"}");
    }

    @Test
    void callsWhereOneIs() {
        JsonNode choice = choice(
                "\"city\":{\"type\":\"string\"},\"degrees\":{\"type\":\"integer\"}",
                "\"city\",\"degrees\"",
                "{\"role\":\"user\",\"content\":\"What is the weather in Paris?\"}");
        assertThat(choice.get("finish_reason").asString()).isEqualTo("tool_calls");
        assertThat(choice.at("/message/tool_calls/0/function/arguments").asString())
                .isEqualTo("{\"city\": \"Paris\"}");
    }

    private static JsonNode choice(String properties, String required, String messages) {
        String body = REQUEST.replace("PROPERTIES", properties)
                .replace("REQUIRED", required)
                .replace("MESSAGES", messages);
        HttpResponse<String> response = server.post(ChatServer.PATH, body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return TestServer.JSON.readTree(response.body()).at("/choices/0");
    }
}
