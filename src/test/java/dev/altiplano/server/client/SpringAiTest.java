package dev.altiplano.server.client;

import static dev.altiplano.server.client.AssistantService.MODEL;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;
import org.springframework.ai.openai.OpenAiEmbeddingModel;
import org.springframework.ai.openai.OpenAiEmbeddingOptions;
import org.springframework.ai.tool.annotation.Tool;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** Spring AI's client: text, streams, tools that it runs itself, and entities. */
class SpringAiTest {

    private static final String URL = AssistantService.url(AssistantService.scripted());

    record Person(int age, String name) {}

    static final class Weather {

        private final List<String> cities = new ArrayList<>();

        @Tool(description = "The weather in a city")
        String weather(String city) {
            cities.add(city);
            return "sunny";
        }
    }

    private static ChatClient client(String url) {
        OpenAiChatModel model = OpenAiChatModel.builder()
                .options(OpenAiChatOptions.builder()
                        .baseUrl(url)
                        .apiKey("none")
                        .model(MODEL)
                        .temperature(0.0)
                        .build())
                .build();
        return ChatClient.create(model);
    }

    @DynamicPropertySource
    static void altiplano(DynamicPropertyRegistry registry) {
        registry.add("spring.ai.openai.base-url", () -> URL);
        registry.add("spring.ai.openai.api-key", () -> "none");
    }

    @Test
    void propertiesLeadToTheService() {
        Map<String, Supplier<Object>> properties = new HashMap<>();
        altiplano(properties::put);
        String url = properties.get("spring.ai.openai.base-url").get().toString();
        assertThat(client(url).prompt("Hello").call().content()).isEqualTo(AssistantService.GREETING);
    }

    @Test
    void chats() {
        assertThat(client(URL).prompt("Hello").call().content()).isEqualTo(AssistantService.GREETING);
    }

    @Test
    void streams() {
        List<String> pieces =
                client(URL).prompt("Hello").stream().content().collectList().block();
        assertThat(pieces).hasSizeGreaterThan(2);
        assertThat(String.join("", pieces)).isEqualTo(AssistantService.GREETING);
    }

    @Test
    void callsTools() {
        Weather weather = new Weather();
        ChatClient client = client(URL);
        String answer = client.prompt("How is the weather in Rome?")
                .tools(weather)
                .call()
                .content();
        assertThat(answer).isEqualTo(AssistantService.ANSWER);
        assertThat(weather.cities).containsExactly("Rome");
    }

    @Test
    void callsToolsInStreams() {
        Weather weather = new Weather();
        List<String> pieces = client(URL).prompt("How is the weather in Rome?").tools(weather).stream()
                .content()
                .collectList()
                .block();
        assertThat(String.join("", pieces)).isEqualTo(AssistantService.ANSWER);
        assertThat(weather.cities).containsExactly("Rome");
    }

    @Test
    void makesEntities() {
        ChatClient client = client(URL);
        Person person =
                client.prompt("Who is Zoe?").call().entity(Person.class, spec -> spec.useProviderStructuredOutput());
        assertThat(person).isEqualTo(new Person(7, "Zoe"));
        assertThat(client.prompt("Who is Zoe?").call().entity(Person.class)).isEqualTo(person);
    }

    @Test
    void embeds() {
        OpenAiEmbeddingModel model = new OpenAiEmbeddingModel(OpenAiEmbeddingOptions.builder()
                .baseUrl(URL)
                .apiKey("none")
                .model(MODEL)
                .build());
        assertThat(model.embed("Hello")).hasSizeGreaterThan(100);
    }

    @Test
    void talksToTheEmbeddedModel() {
        String url = AssistantService.url(AssistantService.demo());
        String answer = client(url).prompt("Hello").call().content();
        List<String> pieces =
                client(url).prompt("Hello").stream().content().collectList().block();
        assertThat(String.join("", pieces)).isEqualTo(answer);
        Person person = client(url)
                .prompt("Zoe is 7 years old. Give me JSON with name and age.")
                .call()
                .entity(Person.class, spec -> spec.useProviderStructuredOutput());
        assertThat(person.name()).isNotNull();
    }
}
