package dev.altiplano.server.api.completion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.server.OpenApi;
import dev.altiplano.server.ScriptedModel;
import dev.altiplano.server.ScriptedModel.Script;
import dev.altiplano.server.TestServer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Gaps in text, as editors ask for them: of a model that was trained to fill them, and of one that was not. */
class InfillingTest {

    private static final String REQUEST = "{\"prompt\":\"def f():\\n\",\"suffix\":\"\\nreturn x\",\"max_tokens\":20";

    @Test
    void areFilled() {
        try (TestServer server = TestServer.ready(
                "--altiplano.model.path="
                        + ScriptedModel.write(
                                "none",
                                List.of("<fim_prefix>", "<fim_suffix>", "<fim_middle>"),
                                List.of(new Script("true", "<fim_prefix><fim_suffix><fim_middle>x = 1"))),
                "--altiplano.engine.context-length=1024")) {
            OpenApi.check("CompletionRequest", REQUEST + "}");
            JsonNode choice =
                    server.complete(REQUEST + ",\"return_token_ids\":true}").at("/choices/0");
            assertThat(choice.get("text").asString()).isEqualTo("x = 1");
            assertThat(choice.get("finish_reason").asString()).isEqualTo("stop");
            Map<Integer, String> texts = new TreeMap<>();
            for (JsonNode chunk : server.stream(REQUEST + ",\"stream\":true,\"n\":2}")) {
                JsonNode part = chunk.at("/choices/0");
                texts.merge(part.get("index").asInt(), part.get("text").asString(), String::concat);
            }
            assertThat(texts).isEqualTo(Map.of(0, "x = 1", 1, "x = 1"));
            for (String field : List.of(
                    "\"echo\":true",
                    "\"truncate_prompt_tokens\":5",
                    "\"add_special_tokens\":false",
                    "\"parse_special\":true",
                    "\"prompt\":[5]")) {
                String body =
                        field.startsWith("\"prompt") ? "{\"suffix\":\"b\"," + field + "}" : REQUEST + "," + field + "}";
                assertThat(TestServer.error(server.post("/v1/completions", body), 400)
                                .get("param")
                                .asString())
                        .isEqualTo("suffix");
            }
        }
    }

    @Test
    void areRefusedByNameWhereTheModelKnowsNone() {
        JsonNode error = TestServer.error(TestServer.shared().post("/v1/completions", REQUEST + "}"), 400);
        assertThat(error.get("param").asString()).isEqualTo("suffix");
        assertThat(error.get("code").asString()).isEqualTo("unsupported_parameter");
    }
}
