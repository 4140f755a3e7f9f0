package dev.altiplano.server.client;

import static dev.altiplano.server.client.AssistantService.MODEL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiEmbeddingModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.TokenStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** LangChain4j's client and its services: text, streams, tools that it runs itself, and records by JSON Schema. */
class LangChain4jTest {

    private static final String URL = AssistantService.url(AssistantService.scripted());

    record Person(int age, String name) {}

    interface Assistant {
        String chat(String text);
    }

    interface Extractor {
        Person person(String text);
    }

    interface StreamingAssistant {
        TokenStream chat(String text);
    }

    static final class Weather {

        private final List<String> cities = new ArrayList<>();

        @Tool("The weather in a city")
        String weather(String city) {
            cities.add(city);
            return "sunny";
        }
    }

    private static OpenAiChatModel model(String url) {
        OpenAiChatModel model = OpenAiChatModel.builder()
                .baseUrl(url)
                .apiKey("none")
                .modelName(MODEL)
                .temperature(0.0)
                .supportedCapabilities(Capability.RESPONSE_FORMAT_JSON_SCHEMA)
                .strictJsonSchema(true)
                .build();
        return model;
    }

    private static OpenAiStreamingChatModel streamingModel() {
        return OpenAiStreamingChatModel.builder()
                .baseUrl(URL)
                .apiKey("none")
                .modelName(MODEL)
                .build();
    }

    @Test
    void chats() {
        assertThat(model(URL).chat("Hello")).isEqualTo(AssistantService.GREETING);
    }

    @Test
    void callsTools() {
        Weather weather = new Weather();
        Assistant assistant = AiServices.builder(Assistant.class)
                .chatModel(model(URL))
                .tools(weather)
                .build();
        assertThat(assistant.chat("How is the weather in Rome?")).isEqualTo(AssistantService.ANSWER);
        assertThat(weather.cities).containsExactly("Rome");
    }

    @Test
    void makesRecords() {
        Extractor extractor = AiServices.create(Extractor.class, model(URL));
        assertThat(extractor.person("Who is Zoe?")).isEqualTo(new Person(7, "Zoe"));
    }

    @Test
    void callsToolsInStreams() {
        Weather weather = new Weather();
        StreamingAssistant assistant = AiServices.builder(StreamingAssistant.class)
                .streamingChatModel(streamingModel())
                .tools(weather)
                .build();
        StringBuilder text = new StringBuilder();
        CompletableFuture<ChatResponse> complete = new CompletableFuture<>();
        assistant
                .chat("How is the weather in Rome?")
                .onPartialResponse(text::append)
                .onCompleteResponse(complete::complete)
                .onError(complete::completeExceptionally)
                .start();
        assertThat(complete.join().aiMessage().text()).isEqualTo(AssistantService.ANSWER);
        assertThat(text.toString()).isEqualTo(AssistantService.ANSWER);
        assertThat(weather.cities).containsExactly("Rome");
    }

    @Test
    void embeds() {
        OpenAiEmbeddingModel model = OpenAiEmbeddingModel.builder()
                .baseUrl(URL)
                .apiKey("none")
                .modelName(MODEL)
                .build();
        assertThat(model.embed("Hello").content().vector()).hasSizeGreaterThan(100);
    }

    @Test
    void talksToTheEmbeddedModel() {
        String url = AssistantService.url(AssistantService.demo());
        assertThat(model(url).chat("Hello")).isNotBlank();
        Extractor extractor = AiServices.create(Extractor.class, model(url));
        assertThat(extractor
                        .person("Zoe is 7 years old. Give me JSON with name and age.")
                        .name())
                .isNotNull();
    }
}
