package dev.altiplano.server.api.chat;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import dev.altiplano.server.ChatServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** The official client for Java, which reads the wire format strictly. */
class OpenAiChatClientTest {

    private static final OpenAIClient CLIENT = OpenAIOkHttpClient.builder()
            .baseUrl(ChatServer.shared().uri("/v1").toString())
            .apiKey("none")
            .build();

    @AfterAll
    static void close() {
        CLIENT.close();
    }

    private static ChatCompletionCreateParams.Builder request() {
        return ChatCompletionCreateParams.builder()
                .model("chat-model")
                .addSystemMessage("Be short.")
                .addUserMessage("Hello")
                .maxCompletionTokens(12)
                .seed(3);
    }

    @Test
    void chats() {
        ChatCompletion answer = CLIENT.chat()
                .completions()
                .create(request().n(2).logprobs(true).topLogprobs(3).build());
        answer.validate();
        assertThat(answer.choices()).hasSize(2);
        assertThat(answer.choices().getFirst().message().content()).isPresent();
        assertThat(answer.usage().orElseThrow().completionTokens()).isPositive();
    }

    @Test
    void streams() {
        StringBuilder text = new StringBuilder();
        try (StreamResponse<ChatCompletionChunk> stream =
                CLIENT.chat().completions().createStreaming(request().build())) {
            stream.stream().forEach(chunk -> {
                chunk.validate();
                text.append(chunk.choices().getFirst().delta().content().orElse(""));
            });
        }
        ChatCompletion whole = CLIENT.chat().completions().create(request().build());
        assertThat(whole.choices().getFirst().message().content()).hasValue(text.toString());
    }
}
