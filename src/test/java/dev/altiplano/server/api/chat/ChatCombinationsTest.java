package dev.altiplano.server.api.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.server.ChatServer;
import dev.altiplano.server.OpenApi;
import dev.altiplano.server.ScriptedModel;
import dev.altiplano.server.ScriptedModel.Script;
import dev.altiplano.server.TestServer;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Whatever fields of a chat are combined, its stream joined is the answer in one piece, and both keep to what was asked. */
class ChatCombinationsTest {

    private static final int COMBINATIONS = 60;
    private static final String TOOLS = "\"tools\":[TOOL_weather,TOOL_now]";
    private static final List<List<String>> FIELDS = List.of(
            List.of("\"n\":1", "\"n\":2", "\"n\":3"),
            List.of("\"logprobs\":false", "\"logprobs\":true", "\"logprobs\":true,\"top_logprobs\":2"),
            List.of(
                    "\"max_tokens\":0",
                    "\"max_tokens\":1",
                    "\"max_tokens\":5",
                    "\"max_tokens\":9",
                    "\"max_tokens\":14",
                    "\"max_completion_tokens\":60",
                    "\"max_tokens\":60",
                    "\"max_tokens\":60"),
            List.of(
                    "\"stop\":null",
                    "\"stop\":null",
                    "\"stop\":[\"e\"]",
                    "\"stop\":[\"ity\",\"☃\",\"}\"]",
                    "\"stop\":\" \""),
            List.of("\"temperature\":0", "\"temperature\":1.2", "\"min_tokens\":0"),
            List.of("\"skip_special_tokens\":true", "\"skip_special_tokens\":true", "\"skip_special_tokens\":false"),
            List.of(
                    TOOLS,
                    TOOLS,
                    TOOLS + ",\"tool_choice\":\"required\"",
                    TOOLS + ",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"weather\"}}",
                    TOOLS + ",\"tool_choice\":\"none\"",
                    TOOLS + ",\"response_format\":{\"type\":\"json_object\"}",
                    "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"schema\":{\"enum\":[\"☃☃☃\",1,[true]]}}}",
                    "\"guided_regex\":\"[a-zé☃]{3,9}\"",
                    "\"continue_final_message\":true,\"guided_choice\":[\"Größe\",\"grün\"]"),
            List.of("\"parallel_tool_calls\":true", "\"parallel_tool_calls\":false"),
            List.of(
                    "\"stream_options\":null",
                    "\"stream_options\":{\"include_usage\":true}",
                    "\"stream_options\":{\"include_usage\":true,\"continuous_usage_stats\":true}"),
            List.of("\"messages\":[USER]", "\"messages\":[USER]", "\"messages\":[USER,ASSISTANT]"));

    private static TestServer scripted;

    @BeforeAll
    static void start() {
        scripted = TestServer.ready(
                "--altiplano.model.path="
                        + ScriptedModel.write(
                                "<tool_call>",
                                List.of(),
                                List.of(
                                        new Script(
                                                "tools",
                                                "Wir sehen ☃: <tool_call>{\"name\": \"weather\", \"arguments\": {\"city\": \"Zürich \\\"Nord\\\" 𝄞\", "
                                                        + "\"days\": [1, 2]}}</tool_call>\n<tool_call>{\"name\": \"now\", \"arguments\": {}}</tool_call>"),
                                        new Script("true", "Größe 𝄞 zählt, ☃ <b> & \"quoted\" \\ end."))),
                "--altiplano.engine.context-length=4096");
    }

    @AfterAll
    static void close() {
        scripted.close();
    }

    @Test
    void streamedEqualsWhole() {
        Random random = new Random(11);
        for (int i = 0; i < COMBINATIONS; i++) {
            List<String> chosen = new ArrayList<>(List.of("\"seed\":" + i));
            for (List<String> field : FIELDS) {
                chosen.add(field.get(random.nextInt(field.size())));
            }
            String request = String.join(",", chosen)
                    .replaceAll(
                            "TOOL_(\\w+)",
                            "{\"type\":\"function\",\"function\":{\"name\":\"$1\",\"parameters\":{\"type\":\"object\",\"properties\":{\"city\":{\"enum\":[\"Rome\",\"Zürich\"]}},\"required\":[\"city\"]}}}")
                    .replace("USER", "{\"role\":\"user\",\"content\":\"Call\"}")
                    .replace("ASSISTANT", "{\"role\":\"assistant\",\"content\":\"Well\"}");
            for (TestServer server : List.of(scripted, ChatServer.shared())) {
                check(server, request);
            }
        }
    }

    private static void check(TestServer server, String request) {
        String plain = request.replaceAll("\"stream_options\":(null|\\{[^}]*\\}),", "");
        JsonNode whole = post(server, "{" + plain + "}");
        HttpResponse<String> response = server.post(ChatServer.PATH, "{" + request + ",\"stream\":true}");
        assertThat(response.statusCode()).as("%s: %s", request, response.body()).isEqualTo(200);
        List<JsonNode> chunks = TestServer.events(response.body(), "ChatCompletionChunk");
        boolean usage = request.contains("include_usage");
        assertThat(chunks.getLast().at("/choices").isEmpty()).as(request).isEqualTo(usage);
        if (usage) {
            for (String count : List.of("prompt_tokens", "completion_tokens", "total_tokens")) {
                assertThat(chunks.getLast().at("/usage/" + count)).as(request).isEqualTo(whole.at("/usage/" + count));
            }
        }
        int scored = 0;
        for (JsonNode choice : whole.get("choices")) {
            List<JsonNode> own = chunks.stream()
                    .flatMap(chunk -> chunk.get("choices").valueStream())
                    .filter(part -> part.get("index").equals(choice.get("index")))
                    .toList();
            check(request, choice, own);
            scored += choice.at("/logprobs/content").size();
        }
        if (request.contains("\"logprobs\":true") && request.contains("\"stop\":null")) {
            int completion = whole.at("/usage/completion_tokens").asInt();
            // The token that ends an answer is counted, and has no score of its own behind others.
            assertThat(scored)
                    .as(request)
                    .isBetween(completion - whole.get("choices").size(), completion);
        }
    }

    private static void check(String request, JsonNode choice, List<JsonNode> parts) {
        assertThat(parts.getFirst().at("/delta/role").asString()).as(request).isEqualTo("assistant");
        assertThat(parts.subList(0, parts.size() - 1))
                .as(request)
                .allMatch(part -> part.get("finish_reason").isNull());
        StreamedCall streamed = StreamedCall.ofChoice(parts);
        JsonNode message = choice.get("message");
        assertThat(streamed.content())
                .as(request)
                .isEqualTo(message.get("content").asString(""));
        assertThat(streamed.finishReason())
                .as(request)
                .isEqualTo(choice.get("finish_reason").asString());
        assertThat(streamed.calls().stream()
                        .map(call -> call.name() + call.arguments())
                        .toList())
                .as(request)
                .isEqualTo(message.path("tool_calls")
                        .valueStream()
                        .map(call -> call.at("/function/name").asString()
                                + call.at("/function/arguments").asString())
                        .toList());
        assertThat(parts.stream()
                        .flatMap(part -> part.at("/logprobs/content").valueStream())
                        .collect(Collectors.toList()))
                .as(request)
                .isEqualTo(choice.at("/logprobs/content").valueStream().toList());
        if (request.contains("\"parallel_tool_calls\":false") || request.contains("tool_choice\":{")) {
            assertThat(streamed.calls().size()).as(request).isLessThanOrEqualTo(1);
        }
        if (streamed.finishReason().equals("tool_calls")) {
            assertThat(streamed.calls()).as(request).isNotEmpty();
            streamed.calls()
                    .forEach(call -> assertThat(
                                    TestServer.JSON.readTree(call.arguments()).isObject())
                            .as(request)
                            .isTrue());
        }
        if (streamed.finishReason().equals("stop")
                && request.contains("guided_choice")
                && request.contains("\"stop\":null")) {
            assertThat(streamed.content()).as(request).isIn("Größe", "grün");
        }
    }

    private static JsonNode post(TestServer server, String body) {
        HttpResponse<String> response = server.post(ChatServer.PATH, body);
        assertThat(response.statusCode()).as("%s: %s", body, response.body()).isEqualTo(200);
        OpenApi.check("ChatCompletion", response.body());
        return TestServer.JSON.readTree(response.body());
    }
}
