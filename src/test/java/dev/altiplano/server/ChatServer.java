package dev.altiplano.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** A service whose small model has a chat template with tools, for all tests of chats. */
public final class ChatServer {

    public static final String PATH = "/v1/chat/completions";

    private static final Path MODEL = Path.of("src/test/resources/reference/hf-base");
    private static final String TEMPLATE = """
            {%- if tools %}{{ tools | tojson }}
            {% endif -%}
            {%- if effort is defined %}{{ effort }}{% endif -%}
            {%- for message in messages -%}
            [{{ message.role }}] {{ message.content or '' }}
            {% endfor -%}
            {%- if add_generation_prompt %}[assistant] {% endif -%}
            """;

    private static TestServer shared;

    private ChatServer() {}

    public static synchronized TestServer shared() {
        if (shared == null) {
            shared = TestServer.ready(
                    "--altiplano.model.path=" + model(),
                    "--altiplano.model.id=chat-model",
                    "--altiplano.engine.max-sequences=4",
                    "--altiplano.energy.per-request=true",
                    "--altiplano.energy.watts=50");
        }
        return shared;
    }

    /** Its model, a folder that ends with the test run. */
    public static Path model() {
        try (Stream<Path> files = Files.list(MODEL)) {
            Path folder = Files.createTempDirectory("chat-model");
            folder.toFile().deleteOnExit();
            for (Path file : files.toList()) {
                copy(file, folder);
            }
            Path template = folder.resolve("chat_template.jinja");
            Files.writeString(template, TEMPLATE);
            template.toFile().deleteOnExit();
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copy(Path file, Path folder) throws IOException {
        Path copy = folder.resolve(file.getFileName());
        Files.copy(file, copy);
        copy.toFile().deleteOnExit();
    }

    /** Posts a chat that must succeed in one piece. */
    public static JsonNode chat(String json) {
        HttpResponse<String> response = shared().post(PATH, json);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        OpenApi.check("ChatCompletion", response.body());
        return TestServer.JSON.readTree(response.body());
    }

    /** Posts a chat that must succeed as a stream. */
    public static List<JsonNode> stream(String json) {
        HttpResponse<String> response = shared().post(PATH, json);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return TestServer.events(response.body(), "ChatCompletionChunk");
    }

    /** The error object of a chat that must be refused. */
    public static JsonNode refused(String json) {
        return TestServer.error(shared().post(PATH, json), 400);
    }
}
