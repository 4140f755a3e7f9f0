package dev.altiplano.server.api.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.server.ChatServer;
import dev.altiplano.server.OpenApi;
import dev.altiplano.server.ScriptedModel;
import dev.altiplano.server.ScriptedModel.Script;
import dev.altiplano.server.TestServer;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Calls of tools over HTTP, of models that write them in each of the ways there are: as OpenAI tells of them, whole and streamed. */
class ToolCallsTest {

    private static final String TOOLS = """
            "tools":[{"type":"function","function":{"name":"weather","parameters":{"type":"object","properties":
            {"city":{"type":"string"},"days":{"type":"array","items":{"type":"integer"}}},"required":["city","days"]}}}]""";
    private static final String ALLOWED =
            "{\"type\":\"allowed_tools\",\"allowed_tools\":{\"mode\":\"required\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"weather\"}}]}}";
    private static final String ARGUMENTS = "{\"city\": \"Rome\", \"days\": [1, 2]}";

    /**
     * A way to write calls.
     *
     * @param marks what the template says
     * @param controls marks that are control tokens
     * @param call what the model writes; @ stands for the arguments
     * @param forced what it writes where it must call
     */
    private record Style(String name, String marks, List<String> controls, String call, String forced) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Style> styles() {
        String forced = "{\"name\": \"weather\", \"arguments\": @}";
        return Stream.of(
                new Style(
                        "Hermes, control tokens",
                        "<tool_call>",
                        List.of("<tool_call>", "</tool_call>"),
                        "So:\n<tool_call>\n{\"name\": \"weather\", \"arguments\": @}\n</tool_call>",
                        forced),
                new Style(
                        "Hermes, spelled",
                        "<tool_call>",
                        List.of(),
                        "<tool_call>{\"name\": \"weather\", \"arguments\": @}</tool_call>",
                        forced),
                new Style(
                        "Llama 3.1, control token",
                        "none",
                        List.of("<|python_tag|>"),
                        "<|python_tag|>{\"name\": \"weather\", \"parameters\": @}",
                        "{\"name\": \"weather\", \"parameters\": @}"),
                new Style(
                        "Mistral, control token",
                        "[TOOL_CALLS]",
                        List.of("[TOOL_CALLS]"),
                        "[TOOL_CALLS][{\"name\": \"weather\", \"arguments\": @}]",
                        forced),
                new Style(
                        "Mistral, newer",
                        "[TOOL_CALLS]",
                        List.of("[TOOL_CALLS]", "[ARGS]"),
                        "[TOOL_CALLS]weather[ARGS]@",
                        forced),
                new Style(
                        "Mistral, newer with ids",
                        "[TOOL_CALLS]",
                        List.of("[TOOL_CALLS]", "[CALL_ID]", "[ARGS]"),
                        "[TOOL_CALLS]weather[CALL_ID]abc123def[ARGS]@",
                        forced),
                new Style(
                        "a list",
                        "none",
                        List.of(),
                        "[{\"name\": \"weather\", \"parameters\": @}]",
                        "{\"name\": \"weather\", \"parameters\": @}"));
    }

    @ParameterizedTest
    @MethodSource("styles")
    void callsAndAnswers(Style style) {
        try (TestServer server = server(
                style.marks(),
                style.controls(),
                new Script("messages[-1].role == 'tool'", "It is sunny in Rome."),
                new Script(
                        "tools and messages[0].content == 'May'", style.call().replace("@", ARGUMENTS)),
                new Script(
                        "tools and messages[0].content == 'Must'",
                        style.forced().replace("@", "{\"city\":\"Oslo\",\"days\":[3]}")),
                new Script("true", "Good day to you!"))) {
            mayCall(server, style);
            mustCall(server);
            JsonNode plain = post(server, "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]," + TOOLS + "}");
            assertThat(plain.at("/choices/0/message/content").asString()).isEqualTo("Good day to you!");
        }
    }

    private static void mayCall(TestServer server, Style style) {
        String request = "\"messages\":[{\"role\":\"user\",\"content\":\"May\"}RESULT]," + TOOLS;
        JsonNode choice =
                post(server, "{" + request.replace("RESULT", "") + "}").at("/choices/0");
        JsonNode call = choice.at("/message/tool_calls/0");
        assertThat(call.at("/function/name").asString()).as(choice.toString()).isEqualTo("weather");
        assertThat(call.at("/function/arguments").asString()).isEqualTo(ARGUMENTS);
        assertThat(choice.at("/message/content").asString(""))
                .isEqualTo(style.call().startsWith("So:") ? "So:\n" : "");
        assertThat(choice.get("finish_reason").asString()).isEqualTo("tool_calls");

        StreamedCall streamed = StreamedCall.of(stream(server, request.replace("RESULT", "")));
        assertThat(streamed.content()).isEqualTo(choice.at("/message/content").asString(""));
        assertThat(streamed.calls().getFirst().arguments()).isEqualTo(ARGUMENTS);
        assertThat(streamed.finishReason()).isEqualTo("tool_calls");
        assertThat(streamed.fragments()).isGreaterThan(3);

        String result = ",{\"role\":\"assistant\",\"tool_calls\":[" + call + "]},{\"role\":\"tool\",\"tool_call_id\":"
                + call.get("id") + ",\"content\":\"sunny\"}";
        JsonNode answer = post(server, "{" + request.replace("RESULT", result) + "}");
        assertThat(answer.at("/choices/0/message/content").asString()).isEqualTo("It is sunny in Rome.");
    }

    /** However early it is cut, what there has to be a call is one. */
    private static void mustCall(TestServer server) {
        String request = "\"messages\":[{\"role\":\"user\",\"content\":\"Must\"}]," + TOOLS
                + ",\"tool_choice\":\"required\",\"temperature\":0";
        JsonNode whole = post(server, "{" + request + "}").at("/choices/0");
        String arguments = whole.at("/message/tool_calls/0/function/arguments").asString();
        assertThat(whole.get("finish_reason").asString()).isEqualTo("tool_calls");
        assertThat(post(
                                server,
                                "{" + request.replace("\"tool_choice\":\"required\"", "\"tool_choice\":" + ALLOWED)
                                        + "}")
                        .at("/choices/0/message/tool_calls/0/function"))
                .isEqualTo(whole.at("/message/tool_calls/0/function"));
        assertThat(post(server, "{" + request + ",\"response_format\":{\"type\":\"json_object\"}}")
                        .at("/choices/0/message/tool_calls/0/function"))
                .isEqualTo(whole.at("/message/tool_calls/0/function"));
        String before = "";
        for (int tokens = 1; before.length() < arguments.length() - 1; tokens++) {
            String cut = request + ",\"max_tokens\":" + tokens;
            JsonNode choice = post(server, "{" + cut + "}").at("/choices/0");
            assertThat(choice.get("finish_reason").asString()).isEqualTo("length");
            assertThat(choice.at("/message/content").isNull()).isTrue();
            assertThat(choice.at("/message/tool_calls/0/function/name").asString())
                    .isEqualTo("weather");
            String partial =
                    choice.at("/message/tool_calls/0/function/arguments").asString();
            assertThat(arguments).startsWith(partial);
            assertThat(partial).startsWith(before);
            StreamedCall streamed = StreamedCall.of(stream(server, cut));
            assertThat(streamed.calls().getFirst().arguments()).isEqualTo(partial);
            assertThat(streamed.finishReason()).isEqualTo("length");
            before = partial;
        }
    }

    /** Wherever a second call is cut that does not count, the first one is what the answer ends with. */
    @Test
    void onlyTheFirstCallCounts() {
        String first = "So: <tool_call>{\"name\": \"weather\", \"arguments\": " + ARGUMENTS + "}</tool_call>";
        String second =
                " <tool_call>{\"name\": \"weather\", \"arguments\": {\"city\": \"Oslo\", \"days\": []}}</tool_call>";
        try (TestServer server = server("<tool_call>", List.of(), new Script("true", first + second))) {
            String request = "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]," + TOOLS;
            int tokens = post(server, "{" + request + "}")
                    .at("/usage/completion_tokens")
                    .asInt();
            int called = 0;
            for (int max = 1; max <= tokens; max++) {
                String one = request + ",\"parallel_tool_calls\":false,\"max_tokens\":" + max;
                JsonNode choice = post(server, "{" + one + "}").at("/choices/0");
                String reason = choice.get("finish_reason").asString();
                StreamedCall streamed = StreamedCall.of(stream(server, one));
                assertThat(streamed.finishReason()).isEqualTo(reason);
                assertThat(streamed.content())
                        .isEqualTo(choice.at("/message/content").asString(""));
                if (called > 0 || reason.equals("tool_calls")) {
                    called++;
                    assertThat(reason).as("%s tokens", max).isEqualTo("tool_calls");
                    assertThat(choice.at("/message/content").asString()).isEqualTo("So: ");
                    assertThat(choice.at("/message/tool_calls")).hasSize(1);
                    assertThat(choice.at("/message/tool_calls/0/function/arguments")
                                    .asString())
                            .isEqualTo(ARGUMENTS);
                }
            }
            assertThat(called).isBetween(20, tokens - 20);
        }
    }

    @Test
    void controlTokensAreReadWhereTheyAreAskedFor() {
        try (TestServer server =
                server("none", List.of("<|note|>"), new Script("true", "Before <|note|>and behind."))) {
            String request = "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";
            String text = "Before <|note|>and behind.";
            assertThat(content(post(server, "{" + request + "}"))).isEqualTo("Before and behind.");
            assertThat(content(post(server, "{" + request + ",\"skip_special_tokens\":false,\"logprobs\":true}")))
                    .isEqualTo(text);
            assertThat(StreamedCall.of(stream(server, request + ",\"skip_special_tokens\":false"))
                            .content())
                    .isEqualTo(text);
            String stopped =
                    content(post(server, "{" + request + ",\"skip_special_tokens\":false,\"stop\":\"<|note|>\"}"));
            assertThat(stopped).isEqualTo("Before ");
            String prompt = "{\"prompt\":\"<|script 0|>\",\"parse_special\":true,\"max_tokens\":50,\"logprobs\":1";
            JsonNode hidden = complete(server, prompt + "}");
            JsonNode shown = complete(server, prompt + ",\"skip_special_tokens\":false}");
            assertThat(hidden.at("/choices/0/text").asString()).isEqualTo("Before and behind.");
            assertThat(shown.at("/choices/0/text").asString()).isEqualTo(text);
            assertThat(shown.at("/choices/0/logprobs/tokens")).isEqualTo(hidden.at("/choices/0/logprobs/tokens"));
        }
    }

    private static String content(JsonNode completion) {
        return completion.at("/choices/0/message/content").asString();
    }

    private static TestServer server(String marks, List<String> controls, Script... scripts) {
        return TestServer.ready(
                "--altiplano.model.path=" + ScriptedModel.write(marks, controls, List.of(scripts)),
                "--altiplano.engine.context-length=4096");
    }

    private static JsonNode complete(TestServer server, String body) {
        return server.complete(body);
    }

    private static JsonNode post(TestServer server, String body) {
        HttpResponse<String> response = server.post(ChatServer.PATH, body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        OpenApi.check("ChatCompletion", response.body());
        return TestServer.JSON.readTree(response.body());
    }

    private static List<JsonNode> stream(TestServer server, String fields) {
        HttpResponse<String> response = server.post(ChatServer.PATH, "{" + fields + ",\"stream\":true}");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return TestServer.events(response.body(), "ChatCompletionChunk");
    }
}
