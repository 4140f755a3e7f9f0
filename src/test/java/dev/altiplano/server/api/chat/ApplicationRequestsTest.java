package dev.altiplano.server.api.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.server.ChatServer;
import dev.altiplano.server.OpenApi;
import dev.altiplano.server.TestServer;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Chats as applications send them: front ends, editors, flow builders, load generators, evaluation harnesses. */
class ApplicationRequestsTest {

    private static final String HISTORY =
            "{\"role\":\"user\",\"content\":\"Hi\"},{\"role\":\"assistant\",\"content\":\"Hello!\"},{\"role\":\"user\",\"content\":\"More\"}";
    private static final String TOOL =
            "{\"type\":\"function\",\"function\":{\"name\":\"read_file\",\"description\":\"Reads\",\"parameters\":{\"type\":\"object\","
                    + "\"required\":[\"path\"],\"properties\":{\"path\":{\"type\":\"string\"}}}}}";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "Open WebUI, chat | {\"stream\":true,\"model\":\"chat-model\",\"messages\":[HISTORY],\"stream_options\":{\"include_usage\":true}}",
                "Open WebUI, title | {\"model\":\"chat-model\",\"messages\":[{\"role\":\"user\",\"content\":\"### Task: a title\"}],\"stream\":false,\"max_completion_tokens\":12}",
                "Open WebUI, settings | {\"stream\":true,\"model\":\"chat-model\",\"messages\":[HISTORY],\"temperature\":0.8,\"top_p\":0.9,\"frequency_penalty\":0,\"presence_penalty\":0,\"seed\":1,\"stop\":[\"###\"],\"max_tokens\":8,\"logit_bias\":{}}",
                "LibreChat, chat | {\"model\":\"chat-model\",\"user\":\"65f1c0a2\",\"messages\":[{\"role\":\"system\",\"content\":\"Be short.\"},HISTORY],\"stream\":true,\"temperature\":1,\"top_p\":1,\"presence_penalty\":0,\"frequency_penalty\":0,\"max_tokens\":8,\"stream_options\":{\"include_usage\":true}}",
                "LibreChat, title | {\"model\":\"chat-model\",\"messages\":[{\"role\":\"system\",\"content\":\"Title\"}],\"temperature\":0.2,\"presence_penalty\":0,\"frequency_penalty\":0,\"max_tokens\":8,\"stream\":false,\"n\":1}",
                "AnythingLLM | {\"model\":\"chat-model\",\"stream\":true,\"messages\":[{\"role\":\"system\",\"content\":\"Given the context\"},HISTORY],\"temperature\":0.7,\"max_tokens\":8}",
                "Flowise | {\"model\":\"chat-model\",\"temperature\":0.9,\"top_p\":1,\"frequency_penalty\":0,\"presence_penalty\":0,\"n\":1,\"stream\":true,\"stream_options\":{\"include_usage\":true},\"max_tokens\":8,\"messages\":[HISTORY]}",
                "n8n, agent | {\"model\":\"chat-model\",\"temperature\":0.7,\"top_p\":1,\"frequency_penalty\":0,\"presence_penalty\":0,\"n\":1,\"max_tokens\":8,\"stream\":false,\"response_format\":{\"type\":\"text\"},\"tools\":[TOOL],\"tool_choice\":\"auto\",\"messages\":[{\"role\":\"system\",\"content\":\"You are a helpful assistant\"},HISTORY]}",
                "Continue, chat | {\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Explain\"}]}],\"model\":\"chat-model\",\"max_tokens\":8,\"stream\":true,\"stream_options\":{\"include_usage\":true}}",
                "Continue, agent | {\"messages\":[{\"role\":\"system\",\"content\":\"You are an agent\"},{\"role\":\"user\",\"content\":\"Read\"},{\"role\":\"assistant\",\"content\":\" \",\"tool_calls\":[{\"id\":\"c1\",\"type\":\"function\",\"function\":{\"name\":\"read_file\",\"arguments\":\"{\\\"path\\\":\\\"a\\\"}\"}}]},{\"role\":\"tool\",\"content\":\"text\",\"tool_call_id\":\"c1\"}],\"model\":\"chat-model\",\"max_tokens\":8,\"stream\":true,\"tools\":[TOOL],\"parallel_tool_calls\":false}",
                "guidellm | {\"model\":\"chat-model\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"word word\"}]}],\"stream\":true,\"stream_options\":{\"include_usage\":true,\"continuous_usage_stats\":true},\"max_tokens\":8,\"max_completion_tokens\":8,\"stop\":null,\"ignore_eos\":true}",
                "vllm bench serve | {\"model\":\"chat-model\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"word\"}]}],\"temperature\":0.0,\"max_completion_tokens\":8,\"stream\":true,\"stream_options\":{\"include_usage\":true},\"ignore_eos\":true}",
                "lm-eval, generate_until | {\"messages\":[{\"role\":\"system\",\"content\":\"Sums\",\"type\":\"text\"},{\"role\":\"user\",\"content\":\"1+1\",\"type\":\"text\"}],\"model\":\"chat-model\",\"max_tokens\":8,\"temperature\":0,\"stop\":[\"Q:\",\"</s>\"],\"seed\":1234}",
                "OpenAI's client for Python, an answer sent back | {\"model\":\"chat-model\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"},{\"role\":\"assistant\",\"content\":\"{}\",\"refusal\":null,\"annotations\":null,\"audio\":null,\"function_call\":null,\"parsed\":{\"a\":1},\"tool_calls\":[{\"id\":\"c1\",\"type\":\"function\",\"function\":{\"name\":\"read_file\",\"arguments\":\"{}\",\"parsed_arguments\":{}}}]},{\"role\":\"tool\",\"tool_call_id\":\"c1\",\"content\":\"text\"}],\"max_completion_tokens\":8}",
                "LiteLLM, an answer sent back | {\"model\":\"chat-model\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\",\"cache_control\":{\"type\":\"ephemeral\"}},{\"role\":\"assistant\",\"content\":\"Hello!\",\"provider_specific_fields\":{\"refusal\":null},\"thinking_blocks\":[],\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\"x\"}]},{\"role\":\"user\",\"content\":\"More\"}],\"max_tokens\":8}",
                "Cline | {\"model\":\"chat-model\",\"messages\":[{\"role\":\"system\",\"content\":\"You are Cline\"},{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Task\",\"cache_control\":{\"type\":\"ephemeral\"}}]}],\"temperature\":0,\"stream\":true,\"stream_options\":{\"include_usage\":true},\"tools\":[TOOL],\"tool_choice\":\"auto\",\"parallel_tool_calls\":false,\"max_tokens\":8}",
                "Zed | {\"model\":\"chat-model\",\"messages\":[HISTORY],\"stream\":true,\"max_completion_tokens\":8,\"stop\":[],\"temperature\":1.0,\"tools\":[],\"prompt_cache_key\":\"thread\"}",
                "A chat front end, all that it keeps of a message | {\"model\":\"chat-model\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Hi\",\"id\":\"\",\"annotations\":[]}],\"images\":[],\"thinking\":\"\",\"id\":\"\",\"done\":false,\"options\":{}}],\"max_tokens\":8}",
                "Prompt caching | {\"model\":\"chat-model\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Hi\",\"prompt_cache_breakpoint\":{\"mode\":\"explicit\"}}]}],\"max_tokens\":8,\"prompt_cache_key\":\"k\",\"prompt_cache_options\":{\"mode\":\"explicit\",\"ttl\":\"30m\"}}",
                "Dify | {\"model\":\"chat-model\",\"stream\":true,\"max_tokens\":8,\"temperature\":0.7,\"top_p\":1,\"presence_penalty\":0,\"frequency_penalty\":0,\"user\":\"u\",\"enable_thinking\":false,\"stop\":[],\"messages\":[{\"role\":\"user\",\"content\":\"ping\"}]}",
                "Semantic Kernel | {\"messages\":[{\"role\":\"user\",\"content\":\"Hi\",\"name\":\"ann\"}],\"model\":\"chat-model\",\"max_tokens\":8,\"temperature\":1,\"top_p\":1,\"presence_penalty\":0,\"frequency_penalty\":0,\"stream\":true,\"stream_options\":{\"include_usage\":true},\"tools\":[TOOL],\"tool_choice\":\"auto\"}",
                "LiteLLM | {\"model\":\"chat-model\",\"messages\":[HISTORY],\"max_tokens\":8,\"user\":\"u\",\"stream\":false,\"tools\":[TOOL],\"tool_choice\":\"none\"}",
                "Vercel AI SDK | {\"model\":\"chat-model\",\"messages\":[{\"role\":\"user\",\"content\":\"Zoe\"}],\"max_tokens\":200,\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"schema\":{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"type\":\"object\",\"properties\":{\"ok\":{\"type\":\"boolean\"}},\"required\":[\"ok\"],\"additionalProperties\":false},\"strict\":true,\"name\":\"response\"}}}"
            })
    void areServed(String application, String request) {
        String body = request.replace("HISTORY", HISTORY).replace("TOOL", TOOL);
        OpenApi.check("ChatRequest", body);
        if (body.contains("\"stream\":true")) {
            List<JsonNode> chunks = ChatServer.stream(body);
            assertThat(chunks.getFirst().at("/choices/0/delta/role").asString()).isEqualTo("assistant");
        } else {
            assertThat(ChatServer.chat(body).at("/choices/0/finish_reason").asString())
                    .isNotEmpty();
        }
    }

    @Test
    void aMessageOfAnotherTypeIsRefused() {
        JsonNode error =
                ChatServer.refused("{\"messages\":[{\"role\":\"user\",\"content\":\"a\",\"type\":\"image\"}]}");
        assertThat(error.get("param").asString()).isEqualTo("messages[0].type");
    }

    /** What front ends ask first. */
    @ParameterizedTest
    @ValueSource(strings = {"/v1/models", "/models"})
    void listModels(String path) {
        HttpResponse<String> response = ChatServer.shared().get(path, "Authorization", "Bearer sk-none");
        assertThat(response.statusCode()).isEqualTo(200);
        OpenApi.check("ModelList", response.body());
        JsonNode model = TestServer.JSON.readTree(response.body()).at("/data/0");
        HttpResponse<String> one =
                ChatServer.shared().get("/v1/models/" + model.get("id").asString());
        OpenApi.check("Model", one.body());
    }
}
