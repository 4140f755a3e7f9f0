package dev.altiplano.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.core.io.FileSystemResource;
import tools.jackson.databind.JsonNode;

/** What the README shows is what one gets. */
class ReadmeTest {

    private static final Path MANUAL = Path.of("src/main/resources/application.yaml");
    private static final Pattern POST =
            Pattern.compile("^curl .*http://localhost:8080(/\\S+) .*-d '([^']+)'$", Pattern.MULTILINE);
    private static final Pattern SETTING =
            Pattern.compile("^\\| `(altiplano[.][a-z.-]+)` \\| (?:`([^`]*)`)? ?\\|", Pattern.MULTILINE);
    private final TestServer server = TestServer.shared();

    private static List<MatchResult> found(Pattern pattern) throws IOException {
        return pattern.matcher(Files.readString(Path.of("README.md"))).results().toList();
    }

    @Test
    void itsRequestsAreAnsweredInFull() throws IOException {
        int completions = 0;
        for (MatchResult post : found(POST)) {
            JsonNode request = TestServer.JSON.readTree(post.group(2));
            if (post.group(1).equals("/tokenize")) {
                HttpResponse<String> reply = server.post("/tokenize", post.group(2));
                JsonNode tokens = TestServer.JSON.readTree(reply.body());
                assertThat(tokens.get("count").asInt())
                        .isEqualTo(tokens.get("tokens").size())
                        .isPositive();
            } else if (request.path("stream").asBoolean(false)) {
                List<JsonNode> events = server.stream(post.group(2));
                assertThat(events).hasSizeGreaterThan(1);
                assertThat(events.getLast().at("/choices/0/finish_reason").asString())
                        .isIn("stop", "length");
                completions++;
            } else {
                JsonNode reply = server.complete(post.group(2));
                int prompts =
                        request.get("prompt").isArray() ? request.get("prompt").size() : 1;
                assertThat(reply.get("choices"))
                        .hasSize(prompts * request.path("n").asInt(1));
                assertThat(reply.at("/usage/completion_tokens").asInt()).isPositive();
                completions++;
            }
        }
        assertThat(completions).isGreaterThanOrEqualTo(3);
    }

    @Test
    void itsSettingsAreTheManuals() throws IOException {
        YamlPropertiesFactoryBean yaml = new YamlPropertiesFactoryBean();
        yaml.setResources(new FileSystemResource(MANUAL));
        Properties manual = yaml.getObject();
        List<MatchResult> settings = found(SETTING);
        assertThat(settings).hasSizeGreaterThan(8);
        for (MatchResult setting : settings) {
            String name = setting.group(1);
            if (setting.group(2) == null) {
                String last = name.substring(name.lastIndexOf('.') + 1);
                assertThat(Files.readString(MANUAL)).as(name).contains("# " + last + ": ");
            } else {
                assertThat(manual.getProperty(name)).as(name).isEqualTo(setting.group(2));
            }
        }
    }
}
