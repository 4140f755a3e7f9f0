package dev.altiplano.server.client;

import static dev.altiplano.server.client.AssistantService.MODEL;
import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.ResponseFormatJsonSchema;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionMessage;
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import com.openai.models.embeddings.EmbeddingCreateParams;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** OpenAI's own client for Java with tools, structured output and embeddings; it reads the wire format strictly. */
class OpenAiJavaTest {

    private static final String URL = AssistantService.url(AssistantService.scripted());
    private static final OpenAIClient CLIENT =
            OpenAIOkHttpClient.builder().baseUrl(URL).apiKey("none").build();

    @AfterAll
    static void close() {
        CLIENT.close();
    }

    private static ChatCompletionCreateParams.Builder weather() {
        return ChatCompletionCreateParams.builder()
                .model(MODEL)
                .addUserMessage("How is the weather in Rome?")
                .addFunctionTool(FunctionDefinition.builder()
                        .name("weather")
                        .parameters(FunctionParameters.builder()
                                .putAdditionalProperty("type", JsonValue.from("object"))
                                .putAdditionalProperty(
                                        "properties", JsonValue.from(Map.of("city", Map.of("type", "string"))))
                                .build())
                        .build());
    }

    @Test
    void callsTools() {
        ChatCompletion called = CLIENT.chat().completions().create(weather().build());
        called.validate();
        assertThat(answer(called)).isEqualTo(AssistantService.ANSWER);
    }

    @Test
    void callsToolsInStreams() {
        ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
        try (StreamResponse<ChatCompletionChunk> stream =
                CLIENT.chat().completions().createStreaming(weather().build())) {
            stream.stream().forEach(chunk -> {
                chunk.validate();
                accumulator.accumulate(chunk);
            });
        }
        assertThat(answer(accumulator.chatCompletion())).isEqualTo(AssistantService.ANSWER);
    }

    /** Runs the tool that was called and sends the result back, as a program would. */
    private static String answer(ChatCompletion called) {
        ChatCompletionMessage message = called.choices().getFirst().message();
        ChatCompletionMessageFunctionToolCall call =
                message.toolCalls().orElseThrow().getFirst().asFunction();
        assertThat(call.function().name()).isEqualTo("weather");
        assertThat(call.function().arguments()).isEqualTo(AssistantService.ARGUMENTS);
        ChatCompletion answered = CLIENT.chat()
                .completions()
                .create(weather()
                        .addMessage(message)
                        .addMessage(ChatCompletionToolMessageParam.builder()
                                .toolCallId(call.id())
                                .content("sunny")
                                .build())
                        .build());
        return answered.choices().getFirst().message().content().orElseThrow();
    }

    @Test
    void followsASchema() {
        ResponseFormatJsonSchema.JsonSchema.Schema schema = ResponseFormatJsonSchema.JsonSchema.Schema.builder()
                .putAdditionalProperty("type", JsonValue.from("object"))
                .putAdditionalProperty(
                        "properties",
                        JsonValue.from(new TreeMap<>(
                                Map.of("name", Map.of("type", "string"), "age", Map.of("type", "integer")))))
                .putAdditionalProperty("required", JsonValue.from(List.of("name", "age")))
                .putAdditionalProperty("additionalProperties", JsonValue.from(false))
                .build();
        ChatCompletion completion = CLIENT.chat()
                .completions()
                .create(ChatCompletionCreateParams.builder()
                        .model(MODEL)
                        .addUserMessage("Who is Zoe?")
                        .jsonSchemaResponseFormat(ResponseFormatJsonSchema.JsonSchema.builder()
                                .name("person")
                                .strict(true)
                                .schema(schema)
                                .build())
                        .build());
        completion.validate();
        assertThat(completion.choices().getFirst().message().content()).hasValue("{\"age\": 7, \"name\": \"Zoe\"}");
    }

    @Test
    void embeds() {
        var embeddings = CLIENT.embeddings()
                .create(EmbeddingCreateParams.builder()
                        .model(MODEL)
                        .inputOfArrayOfStrings(List.of("Hello", "World"))
                        .build());
        embeddings.validate();
        assertThat(embeddings.data()).hasSize(2);
        assertThat(embeddings.data().getFirst().embedding()).hasSizeGreaterThan(100);
    }
}
