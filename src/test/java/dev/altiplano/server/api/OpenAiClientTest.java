package dev.altiplano.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.models.Model;
import dev.altiplano.server.TestServer;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** The official client for Java, which reads the wire format strictly. */
class OpenAiClientTest {

    private static final OpenAIClient CLIENT = OpenAIOkHttpClient.builder()
            .baseUrl(TestServer.shared().uri("/v1").toString())
            .apiKey("none")
            .build();

    @AfterAll
    static void close() {
        CLIENT.close();
    }

    private static CompletionCreateParams.Builder request() {
        return CompletionCreateParams.builder()
                .model("altiplano-demo")
                .prompt("Once upon a time")
                .maxTokens(12)
                .seed(3);
    }

    @Test
    void completes() {
        Completion completion =
                CLIENT.completions().create(request().n(2).logprobs(2).build());
        completion.validate();
        assertThat(completion.choices()).hasSize(2);
        assertThat(completion.choices().getFirst().text()).isNotEmpty();
        assertThat(completion.choices().getFirst().logprobs().orElseThrow().tokens())
                .isPresent();
        assertThat(completion.usage().orElseThrow().completionTokens()).isPositive();
    }

    @Test
    void streams() {
        StringBuilder text = new StringBuilder();
        try (StreamResponse<Completion> stream =
                CLIENT.completions().createStreaming(request().build())) {
            stream.stream()
                    .forEach(chunk -> text.append(chunk.choices().getFirst().text()));
        }
        assertThat(text.toString())
                .isEqualTo(CLIENT.completions()
                        .create(request().build())
                        .choices()
                        .getFirst()
                        .text());
    }

    @Test
    void getsTypedErrors() {
        assertThatThrownBy(() ->
                        CLIENT.completions().create(request().maxTokens(100_000).build()))
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining("maximum context length");
        assertThatThrownBy(() ->
                        CLIENT.completions().create(request().model("other").build()))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("other");
        assertThatThrownBy(() -> CLIENT.completions()
                        .createStreaming(request().suffix("end").build()))
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining("suffix");
    }

    @Test
    void listsModels() {
        CLIENT.models().list().data().forEach(Model::validate);
        assertThat(CLIENT.models().list().data().stream()
                        .map(model -> model.id())
                        .toList())
                .isEqualTo(List.of("altiplano-demo"));
        assertThat(CLIENT.models().retrieve("altiplano-demo").ownedBy()).isEqualTo("altiplano");
    }
}
