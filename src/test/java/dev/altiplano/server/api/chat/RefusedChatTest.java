package dev.altiplano.server.api.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.server.ChatServer;
import dev.altiplano.server.OpenApi;
import dev.altiplano.server.TestServer;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What is wrong with a chat is said by its path. */
class RefusedChatTest {

    private static final String USER = "{\"role\":\"user\",\"content\":\"a\"}";
    private static final String WITH_TOOLS = "{\"max_tokens\":3,\"messages\":[" + USER
            + "],\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"a\"}}]";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "messages | ``",
                "messages | \"messages\":[]",
                "messages | \"messages\":[null]",
                "messages | \"messages\":\"a\"",
                "messages[0].role | \"messages\":[{\"content\":\"a\"}]",
                "messages[0].role | \"messages\":[{\"role\":\"function\",\"content\":\"a\"}]",
                "messages[0].content | \"messages\":[{\"role\":\"user\"}]",
                "messages[0].content | \"messages\":[{\"role\":\"user\",\"content\":3}]",
                "messages[0].content | \"messages\":[{\"role\":\"assistant\",\"content\":null}]",
                "messages[0].content[0].type | \"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:\"}}]}]",
                "messages[0].content[0].text | \"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\"}]}]",
                "messages[0].content[0].other | \"messages\":[{\"role\":\"user\",\"content\":[{\"other\":1}]}]",
                "messages[0].prefix | \"messages\":[{\"role\":\"assistant\",\"content\":\"a\",\"prefix\":true}]",
                "messages[0].other | \"messages\":[{\"role\":\"user\",\"content\":\"a\",\"other\":1}]",
                "messages[0].images | \"messages\":[{\"role\":\"user\",\"content\":\"a\",\"images\":[\"b\"]}]",
                "messages[0].thinking | \"messages\":[{\"role\":\"user\",\"content\":\"a\",\"thinking\":\"b\"}]",
                "messages[0].tool_call_id | \"messages\":[{\"role\":\"tool\",\"content\":\"a\"}]",
                "messages[0].tool_call_id | \"messages\":[{\"role\":\"tool\",\"content\":\"a\",\"tool_call_id\":\"c1\"}]",
                "messages[0].tool_calls | \"messages\":[{\"role\":\"user\",\"content\":\"a\",\"tool_calls\":[{}]}]",
                "messages[0].tool_calls[0].function | \"messages\":[{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"a\"}]}]",
            })
    void messages(String param, String field) {
        JsonNode error = ChatServer.refused("{" + (field == null ? "" : field) + "}");
        assertThat(error.get("param").asString()).as(error.toString()).isEqualTo(param);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "unknown | \"unknown\":1",
                "functions | \"functions\":[{\"name\":\"a\"}]",
                "store | \"store\":true",
                "moderation | \"moderation\":{\"model\":\"omni-moderation-latest\"}",
                "service_tier | \"service_tier\":\"flex\"",
                "modalities | \"modalities\":[\"text\",\"audio\"]",
                "top_logprobs | \"top_logprobs\":2",
                "top_logprobs | \"logprobs\":true,\"top_logprobs\":21",
                "logprobs | \"logprobs\":1",
                "n | \"n\":0",
                "max_completion_tokens | \"max_completion_tokens\":-2",
                "stream_options | \"stream_options\":{\"include_usage\":true}",
                "tools[0].type | \"tools\":[{\"type\":\"web_search\"}]",
                "tools[0].function.name | \"tools\":[{\"type\":\"function\",\"function\":{}}]",
                "tools[0].function.strict | \"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"a\",\"strict\":\"true\"}}]",
                "tools[0].function.strict | \"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"a\",\"strict\":1}}]",
                "tools[0].function.description | \"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"a\",\"description\":[\"b\"]}}]",
                "tools[1].function.name | \"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"a\"}},{\"type\":\"function\",\"function\":{\"name\":\"a\"}}]",
                "tool_choice | \"tool_choice\":\"required\"",
                "tool_choice | \"tool_choice\":\"some\"",
                "tool_choice | \"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"a\"}}],\"tool_choice\":{\"type\":\"allowed_tools\",\"allowed_tools\":{\"mode\":\"auto\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"b\"}}]}}",
                "tool_choice | \"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"a\"}}],\"tool_choice\":{\"type\":\"allowed_tools\",\"allowed_tools\":{\"mode\":\"other\",\"tools\":[]}}",
                "best_of | \"best_of\":2",
                "length_penalty | \"length_penalty\":0.5",
                "spaces_between_special_tokens | \"spaces_between_special_tokens\":false",
                "response_format.schema | \"response_format\":{\"type\":\"json_schema\",\"schema\":{},\"json_schema\":{\"schema\":{}}}",
                "tool_choice | \"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"a\"}}],\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"b\"}}",
                "tool_choice | \"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"a\"}}],\"tool_choice\":\"required\",\"guided_regex\":\"a\"",
                "response_format.type | \"response_format\":{\"type\":\"xml\"}",
                "response_format.json_schema | \"response_format\":{\"type\":\"json_schema\"}",
                "response_format.json_schema.schema | \"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"a\"}}",
                "response_format.json_schema | \"response_format\":{\"type\":\"json_object\",\"json_schema\":{\"schema\":{}}}",
                "response_format.json_schema | \"response_format\":{\"type\":\"text\",\"json_schema\":{\"schema\":{}}}",
                "response_format.schema | \"response_format\":{\"type\":\"text\",\"schema\":{}}",
                "guided_regex | \"response_format\":{\"type\":\"json_object\"},\"guided_regex\":\"a\"",
                "structured_outputs | \"structured_outputs\":{}",
                "structured_outputs.other | \"structured_outputs\":{\"other\":1}",
                "chat_template_kwargs | \"chat_template_kwargs\":[]",
                "continue_final_message | \"continue_final_message\":true,\"add_generation_prompt\":true",
            })
    void fields(String param, String fields) {
        JsonNode error = ChatServer.refused("{\"messages\":[" + USER + "]," + fields + "}");
        assertThat(error.get("param").asString()).as(error.toString()).isEqualTo(param);
    }

    @Test
    void saysThatNoToolIsAllowed() {
        JsonNode error = ChatServer.refused(
                WITH_TOOLS
                        + ",\"tool_choice\":{\"type\":\"allowed_tools\",\"allowed_tools\":{\"mode\":\"required\",\"tools\":[]}}}");
        assertThat(error.get("message").asString()).contains("is empty");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"n\":1",
                "\"n\":0",
                "\"tool_choice\":\"none\"",
                "\"tool_choice\":\"always\"",
                "\"store\":false",
                "\"moderation\":{}",
                "\"moderation\":{\"model\":\"omni-moderation-latest\"}",
                "\"prompt_cache_options\":{\"mode\":\"explicit\",\"ttl\":\"30m\"}",
                "\"prompt_cache_options\":null",
                "\"store\":true",
                "\"response_format\":{\"type\":\"text\"}",
                "\"response_format\":{\"type\":\"xml\"}",
                "\"response_format\":{\"type\":\"text\",\"schema\":{}}",
                "\"response_format\":{\"type\":\"json_object\",\"json_schema\":{}}",
                "\"response_format\":{\"type\":\"json_object\",\"schema\":null,\"json_schema\":null}",
                "\"guided_choice\":[\"a\",\"b\"]",
                "\"guided_choice\":[]",
                "\"logprobs\":true,\"top_logprobs\":20",
                "\"logprobs\":true,\"top_logprobs\":21",
                "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"a\"}}]",
                "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"\"}}]",
                "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"a\",\"strict\":null,\"description\":null}}]",
                "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"a\",\"strict\":0}}]",
                "\"best_of\":1,\"length_penalty\":1,\"spaces_between_special_tokens\":true,\"guided_decoding_backend\":\"outlines\"",
                "\"best_of\":2",
                "\"response_format\":{\"type\":\"json_object\",\"schema\":{\"type\":\"boolean\"}}",
                "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"a\"}}],\"tool_choice\":{\"type\":\"allowed_tools\",\"allowed_tools\":{\"mode\":\"auto\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"a\"}}]}}",
                "\"tool_choice\":{\"type\":\"allowed_tools\"}",
                "\"service_tier\":\"default\",\"verbosity\":\"medium\",\"modalities\":[\"text\"],\"stop\":null",
                "\"prompt\":\"a\""
            })
    void openApiAgreesWithTheService(String fields) {
        String body = "{\"max_tokens\":1,\"messages\":[" + USER + "]," + fields + "}";
        assertThat(ChatServer.shared().post(ChatServer.PATH, body).statusCode() == 200)
                .as(body)
                .isEqualTo(OpenApi.accepts("ChatRequest", body));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "guided_regex;\"guided_regex\":\"(\"",
                "guided_grammar;\"guided_grammar\":\"root ::= other\"",
                "guided_json;\"guided_json\":{\"type\":\"other\"}",
                "structured_outputs.json;\"structured_outputs\":{\"json\":{\"type\":\"other\"}}",
                "structured_outputs.regex;\"structured_outputs\":{\"regex\":\"[\"}",
                "response_format;\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"schema\":{\"type\":\"other\"}}}",
                "tools[0].function.parameters;\"tools\":[TOOL_f,TOOL_g],\"tool_choice\":\"required\"",
                "tools[0].function.parameters;\"tools\":[TOOL_f],\"tool_choice\":\"required\"",
                "tools[1].function.parameters;\"tools\":[TOOL_f,TOOL_g],\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"g\"}}",
                "tools[0].function.parameters;\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"strict\":true,\"parameters\":{\"not\":{}}}}],\"tool_choice\":\"required\""
            })
    void grammarsThatAreNone(String param, String fields) {
        String tools = fields.replaceAll(
                "TOOL_(.)",
                "{\"type\":\"function\",\"function\":{\"name\":\"$1\",\"parameters\":{\"properties\":{\"a\":{\"type\":\"$1\"}}}}}");
        JsonNode error = ChatServer.refused("{\"messages\":[" + USER + "]," + tools + "}");
        assertThat(error.get("code").asString()).isEqualTo("invalid_grammar");
        assertThat(error.get("param").asString()).as(error.toString()).isEqualTo(param);
        assertThat(error.get("message").asString()).doesNotContain("anyOf");
    }

    @Test
    void aBaseModelDoesNotChat() {
        JsonNode error =
                TestServer.error(TestServer.shared().post(ChatServer.PATH, "{\"messages\":[" + USER + "]}"), 400);
        assertThat(error.get("code").asString()).isEqualTo("no_chat_template");
        assertThat(error.get("param").asString()).isEqualTo("messages");
        JsonNode withTools = TestServer.error(TestServer.shared().post(ChatServer.PATH, WITH_TOOLS + "}"), 400);
        assertThat(withTools.get("code").asString()).isEqualTo("no_chat_template");
    }

    @Test
    void aTemplateWithoutToolsTakesNone() {
        try (TestServer server = TestServer.ready(
                "--altiplano.model.path=src/test/resources/reference/base-mp1",
                "--altiplano.model.chat-template=llama2")) {
            for (String choice : new String[] {
                "",
                ",\"tool_choice\":\"auto\"",
                ",\"tool_choice\":{\"type\":\"allowed_tools\",\"allowed_tools\":{\"mode\":\"auto\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"a\"}}]}}"
            }) {
                JsonNode error = TestServer.error(server.post(ChatServer.PATH, WITH_TOOLS + choice + "}"), 400);
                assertThat(error.get("param").asString()).isEqualTo("tools");
                assertThat(error.get("message").asString()).contains("altiplano.model.chat-template");
            }
            for (String choice : new String[] {"none", "required"}) {
                HttpResponse<String> response =
                        server.post(ChatServer.PATH, WITH_TOOLS + ",\"tool_choice\":\"" + choice + "\"}");
                assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            }
        }
    }

    @Test
    void anotherRouteTellsOfThisOne() {
        assertThat(TestServer.error(TestServer.shared().get("/v1/chat"), 404)
                        .get("message")
                        .asString())
                .contains(ChatServer.PATH);
    }
}
