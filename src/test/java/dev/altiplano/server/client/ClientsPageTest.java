package dev.altiplano.server.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.server.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;

/** What {@code docs/clients.md} says: its code is that of the tests, its YAML can be read, its requests are answered sensibly. */
class ClientsPageTest {

    private static final Path TESTS = Path.of("src/test/java/dev/altiplano/server/client");
    private static final Path SCRIPT = Path.of("src/test/resources/client/chat.mjs");
    private static final Pattern CURL =
            Pattern.compile("^curl http://localhost:8080(/\\S+) .* -d '(.*)'$", Pattern.MULTILINE);

    private final String page = read(Path.of("docs/clients.md"));

    @Test
    void codeIsThatOfTheTests() throws IOException {
        String tests;
        try (Stream<Path> files = Files.list(TESTS)) {
            tests = files.map(ClientsPageTest::read).map(ClientsPageTest::plain).collect(Collectors.joining());
        }
        tests += plain(read(SCRIPT));
        List<String> code = Stream.concat(blocks("java"), blocks("js")).toList();
        assertThat(code).hasSizeGreaterThan(6);
        for (String block : code) {
            assertThat(tests).contains(plain(block));
        }
    }

    @Test
    void yamlCanBeRead() {
        assertThat(blocks("yaml").map(block -> new Yaml().<Object>load(block)))
                .isNotEmpty()
                .doesNotContainNull();
    }

    @Test
    void requestsAreAnswered() {
        TestServer demo = AssistantService.demo();
        List<JsonNode> choices = CURL.matcher(page)
                .results()
                .map(curl -> answer(demo, curl).at("/choices/0"))
                .toList();
        assertThat(choices.get(0).at("/message/content").asString()).contains("Hello!");
        JsonNode call = choices.get(1).at("/message/tool_calls/0/function");
        assertThat(call.get("name").asString()).isEqualTo("get_weather");
        assertThat(call.get("arguments").asString()).isEqualTo("{\"city\": \"Paris\"}");
        JsonNode order =
                TestServer.JSON.readTree(choices.get(2).at("/message/content").asString());
        assertThat(order.get("name").asString()).isEqualTo("Tom");
        assertThat(order.get("count").asInt()).isEqualTo(12);
    }

    private static JsonNode answer(TestServer server, MatchResult curl) {
        HttpResponse<String> response = server.post(curl.group(1), curl.group(2));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return TestServer.JSON.readTree(response.body());
    }

    private Stream<String> blocks(String language) {
        Matcher blocks =
                Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(page);
        return blocks.results().map(block -> block.group(1));
    }

    /** Without white space, and with one name each for the URL and the model. */
    private static String plain(String code) {
        return code.replace("\"http://localhost:8080/v1\"", "url")
                .replace("process.env.BASE_URL", "url")
                .replace("URL", "url")
                .replace("\"llama\"", "MODEL")
                .replace("\"assistant\"", "MODEL")
                .replaceAll("\\s+", "");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
