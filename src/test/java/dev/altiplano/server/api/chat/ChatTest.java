package dev.altiplano.server.api.chat;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.altiplano.server.ChatServer;
import dev.altiplano.server.TestServer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Conversations as clients send them, and what they get. */
class ChatTest {

    private static final String HELLO = "\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]";
    private static final String TOOLS = """
            "tools":[{"type":"function","function":{"name":"weather","parameters":{"$ref":"#/$defs/City","$defs":{"City":
            {"type":"object","properties":{"city":{"enum":["Rome","Oslo"]}},"required":["city"],"additionalProperties":false}}}}},
            {"type":"function","function":{"name":"now"}}]""";

    @Test
    void answers() {
        JsonNode answer = ChatServer.chat("{" + HELLO + ",\"max_tokens\":8,\"seed\":1,\"n\":2}");
        assertThat(answer.get("choices")).hasSize(2);
        JsonNode choice = answer.at("/choices/0");
        assertThat(choice.at("/message/role").asString()).isEqualTo("assistant");
        assertThat(choice.at("/message/content").isString()).isTrue();
        assertThat(answer.at("/usage/completion_tokens").asInt()).isBetween(2, 16);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"max_tokens\":12",
                "\"max_tokens\":0",
                "\"max_completion_tokens\":24,\"n\":3",
                "\"max_tokens\":16,\"logprobs\":true",
                "\"max_tokens\":16,\"logprobs\":true,\"top_logprobs\":20,\"n\":2",
                "\"max_tokens\":30,\"stop\":[\"e\",\" \"]",
                "\"max_tokens\":30,\"response_format\":{\"type\":\"json_object\"}",
                "\"max_tokens\":30,\"guided_choice\":[\"yes\",\"no\"],\"logprobs\":true"
            })
    void streamedEqualsWhole(String fields) {
        String request = "{" + HELLO + ",\"seed\":3," + fields;
        JsonNode whole = ChatServer.chat(request + "}");
        List<JsonNode> chunks =
                ChatServer.stream(request + ",\"stream\":true,\"stream_options\":{\"include_usage\":true}}");
        for (JsonNode choice : whole.get("choices")) {
            Joined joined = Joined.of(chunks, choice.get("index").asInt());
            assertThat(joined.content()).isEqualTo(choice.at("/message/content").asString());
            assertThat(joined.finishReason())
                    .isEqualTo(choice.get("finish_reason").asString());
            assertThat(joined.logprobs())
                    .isEqualTo(choice.at("/logprobs/content").valueStream().toList());
        }
        assertThat(chunks.getLast().get("choices")).isEmpty();
        assertThat(chunks.getLast().at("/usage/completion_tokens")).isEqualTo(whole.at("/usage/completion_tokens"));
    }

    /** An answer begins without the tokenizer's space, and so do its tokens. */
    @Test
    void bytesOfTheTokensAreTheContent() {
        JsonNode ids = TestServer.JSON.readTree(ChatServer.shared()
                .post("/tokenize", "{\"prompt\":\"the\",\"add_special_tokens\":false}")
                .body());
        String request = "{" + HELLO + ",\"logit_bias\":{\"" + ids.at("/tokens/0")
                + "\":100},\"max_tokens\":3,\"logprobs\":true,\"top_logprobs\":20";
        JsonNode choice = ChatServer.chat(request + "}").at("/choices/0");
        List<JsonNode> tokens = choice.at("/logprobs/content").valueStream().toList();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        tokens.forEach(token -> token.get("bytes").forEach(each -> bytes.write(each.asInt())));
        String content = choice.at("/message/content").asString();
        assertThat(content).startsWith("the the");
        assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo(content);
        assertThat(tokens.getFirst().get("top_logprobs")).hasSize(20).allSatisfy(each -> {
            assertThat(each.get("token").asString()).doesNotStartWith(" ");
            assertThat(each.at("/bytes/0").asInt()).isNotEqualTo(' ');
        });
        assertThat(Joined.of(ChatServer.stream(request + ",\"stream\":true}"), 0)
                        .logprobs())
                .isEqualTo(tokens);
    }

    /** Each object of a schema is two levels of the body. */
    @Test
    void takesDeepSchemas() {
        String schema = "{\"type\":\"object\",\"properties\":{\"a\":".repeat(27)
                + "{\"type\":\"null\"}"
                + "},\"required\":[\"a\"]}".repeat(27);
        String format = "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"schema\":" + schema + "}}";
        assertThat(ChatServer.chat("{" + HELLO + ",\"max_tokens\":800," + format + "}")
                        .at("/choices/0/message/content")
                        .asString())
                .containsPattern("null\\s*}");
        String tool = "{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":" + schema + "}}";
        ChatServer.chat("{" + HELLO + ",\"max_tokens\":1,\"tools\":[" + tool + "],\"tool_choice\":\"required\"}");
        assertThat(ChatServer.refused("{" + HELLO + ",\"documents\":" + "[".repeat(70) + "]".repeat(70) + "}")
                        .get("message")
                        .asString())
                .contains("64 levels");
    }

    @Test
    void tellsItsEnergyWhereThatIsAsked() {
        JsonNode usage = ChatServer.chat("{" + HELLO + ",\"max_tokens\":2}").get("usage");
        assertThat(usage.get("energy_joules").decimalValue()).isPositive();
        assertThat(usage.get("energy_source").asString()).isIn("measured", "configured");
    }

    @Test
    void followsASchema() {
        String schema =
                "{\"type\":\"object\",\"properties\":{\"a\":{\"enum\":[\"x\",\"y\"]},\"b\":{\"type\":\"boolean\"}},"
                        + "\"required\":[\"a\",\"b\"],\"additionalProperties\":false}";
        for (String field : List.of(
                "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"n\",\"strict\":true,\"schema\":"
                        + schema + "}}",
                "\"response_format\":{\"type\":\"json_schema\",\"schema\":" + schema + "}",
                "\"response_format\":{\"type\":\"json_object\",\"schema\":" + schema + "}",
                "\"guided_json\":" + schema,
                "\"structured_outputs\":{\"json\":" + schema + ",\"disable_any_whitespace\":true}")) {
            JsonNode answer = ChatServer.chat("{" + HELLO + ",\"seed\":5,\"max_tokens\":400," + field + "}");
            assertThat(SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                            .getSchema(schema, InputFormat.JSON)
                            .validate(answer.at("/choices/0/message/content").asString(), InputFormat.JSON))
                    .as(answer.toString())
                    .isEmpty();
            assertThat(answer.at("/choices/0/finish_reason").asString()).isEqualTo("stop");
        }
    }

    @Test
    void callsTheToolThatIsNamed() {
        String request = "{" + HELLO + "," + TOOLS
                + ",\"seed\":2,\"max_tokens\":600,\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"weather\"}}";
        JsonNode choice = ChatServer.chat(request + "}").at("/choices/0");
        assertThat(choice.get("finish_reason").asString()).isEqualTo("tool_calls");
        assertThat(choice.at("/message/content").isNull()).isTrue();
        JsonNode function = choice.at("/message/tool_calls/0/function");
        assertThat(function.get("name").asString()).isEqualTo("weather");
        assertThat(TestServer.JSON
                        .readTree(function.get("arguments").asString())
                        .get("city")
                        .asString())
                .isIn("Rome", "Oslo");
        Joined joined = Joined.of(ChatServer.stream(request + ",\"stream\":true}"), 0);
        assertThat(joined.callName()).isEqualTo("weather");
        assertThat(joined.callArguments()).isEqualTo(function.get("arguments").asString());
        assertThat(joined.finishReason()).isEqualTo("tool_calls");
    }

    @Test
    void callsSomeToolWhereOneIsRequired() {
        JsonNode choice = ChatServer.chat(
                        "{" + HELLO + "," + TOOLS + ",\"seed\":2,\"max_tokens\":600,\"tool_choice\":\"required\"}")
                .at("/choices/0");
        assertThat(choice.at("/message/tool_calls/0/function/name").asString()).isIn("weather", "now");
        assertThat(choice.at("/message/tool_calls")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"title\":\"none\"}",
                "null",
                "{\"properties\":{},\"required\":[]}",
                "{\"properties\":{\"a\":{\"type\":\"array\",\"uniqueItems\":true}},\"not\":{\"required\":[\"b\"]},\"dependentRequired\":{\"a\":[]}}",
                "{\"type\":\"object\",\"if\":{\"required\":[\"a\"]},\"then\":{\"required\":[\"b\"]}}"
            })
    void argumentsAreAnObjectWhateverTheSchemaLeavesOut(String parameters) {
        JsonNode choice = ChatServer.chat("{" + HELLO
                        + ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":" + parameters
                        + "}}],\"tool_choice\":\"required\",\"seed\":1,\"max_tokens\":40}")
                .at("/choices/0");
        assertThat(choice.at("/message/tool_calls/0/function/arguments").asString())
                .startsWith("{");
    }

    @Test
    void takesWholeConversations() {
        JsonNode answer = ChatServer.chat("""
                {"messages":[{"role":"developer","content":"Be short."},{"role":"user","name":"Ann","content":
                [{"type":"text","text":"Weather in Rome?"},{"type":"text","text":"Now."}]},
                {"role":"assistant","content":null,"refusal":null,"tool_calls":[{"id":"c1","type":"function","function":
                {"name":"weather","arguments":"{\\"city\\":\\"Rome\\"}"}}]},{"role":"tool","tool_call_id":"c1","content":"Sun"}],
                """
                + TOOLS
                + ",\"max_tokens\":4,\"tool_choice\":\"auto\",\"parallel_tool_calls\":false,\"user\":\"u\",\"metadata\":{\"a\":"
                + "\"b\"},\"store\":false,\"service_tier\":\"auto\",\"reasoning_effort\":\"low\",\"chat_template_kwargs\":"
                + "{\"effort\":[1,2.5,null]}}");
        assertThat(answer.at("/usage/completion_tokens").asInt()).isLessThanOrEqualTo(4);
    }

    @Test
    void countsTenThousandMessages() {
        String messages = IntStream.range(0, 10_000)
                .mapToObj(i -> "{\"role\":\"user\",\"content\":\"\"}")
                .collect(Collectors.joining(","));
        JsonNode error = ChatServer.refused("{\"messages\":[" + messages + "],\"max_tokens\":1}");
        assertThat(error.get("code").asString()).isEqualTo("context_length_exceeded");
    }

    @Test
    void leavesTheOldestTurnsOutWhereThatIsAsked() {
        List<String> messages = new ArrayList<>(List.of("{\"role\":\"system\",\"content\":\"Be short.\"}"));
        for (int i = 0; i < 400; i++) {
            messages.add("{\"role\":\"user\",\"content\":\"Question number " + i + "\"}");
            messages.add("{\"role\":\"assistant\",\"content\":\"Answer\"}");
        }
        messages.add("{\"role\":\"user\",\"content\":\"Last\"}");
        String rest = "],\"max_tokens\":8,\"temperature\":0";
        String whole = "{\"messages\":[" + String.join(",", messages) + rest;
        JsonNode error = ChatServer.refused(whole + "}");
        assertThat(error.get("code").asString()).isEqualTo("context_length_exceeded");
        assertThat(error.get("param").asString()).isEqualTo("messages");
        int fits = ChatServer.chat(whole + ",\"truncate_prompt_tokens\":-1}")
                .at("/usage/total_tokens")
                .asInt();
        assertThat(fits).isBetween(1900, 2048);

        JsonNode cut = ChatServer.chat(whole + ",\"truncate_prompt_tokens\":150}");
        messages.subList(1, messages.size() - 3).clear();
        List<JsonNode> shorter = new ArrayList<>();
        for (int i = 399; i > 380; i--) {
            shorter.add(ChatServer.chat("{\"messages\":[" + String.join(",", messages) + rest + "}"));
            messages.add(1, "{\"role\":\"assistant\",\"content\":\"Answer\"}");
            messages.add(1, "{\"role\":\"user\",\"content\":\"Question number " + (i - 1) + "\"}");
        }
        JsonNode longest = shorter.stream()
                .filter(answer -> answer.at("/usage/prompt_tokens").asInt() <= 150)
                .toList()
                .getLast();
        assertThat(cut.at("/usage/prompt_tokens")).isEqualTo(longest.at("/usage/prompt_tokens"));
        assertThat(cut.at("/choices/0/message")).isEqualTo(longest.at("/choices/0/message"));
    }

    @Test
    void continuesTheFinalMessage() {
        String request =
                "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"},{\"role\":\"assistant\",\"content\":\"Once\"}],"
                        + "\"max_tokens\":1";
        int continued = ChatServer.chat(request + ",\"continue_final_message\":true}")
                .at("/usage/prompt_tokens")
                .asInt();
        assertThat(continued)
                .isLessThan(ChatServer.chat(request + "}")
                        .at("/usage/prompt_tokens")
                        .asInt());
    }

    /** What the chunks of one choice come to. */
    private record Joined(
            String content, String callName, String callArguments, List<JsonNode> logprobs, String finishReason) {

        static Joined of(List<JsonNode> chunks, int index) {
            List<JsonNode> own = chunks.stream()
                    .flatMap(chunk -> chunk.get("choices").valueStream())
                    .filter(choice -> choice.get("index").asInt() == index)
                    .toList();
            assertThat(own.getFirst().at("/delta/role").asString()).isEqualTo("assistant");
            for (JsonNode choice : own.subList(0, own.size() - 1)) {
                assertThat(choice.get("finish_reason").isNull()).isTrue();
            }
            return new Joined(
                    text(own, "/delta/content"),
                    text(own, "/delta/tool_calls/0/function/name"),
                    text(own, "/delta/tool_calls/0/function/arguments"),
                    own.stream()
                            .flatMap(choice -> choice.at("/logprobs/content").valueStream())
                            .toList(),
                    own.getLast().get("finish_reason").asString());
        }

        private static String text(List<JsonNode> choices, String path) {
            return choices.stream().map(choice -> choice.at(path).asString("")).collect(Collectors.joining());
        }
    }
}
