package dev.altiplano.server.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** OpenAI's own client for Node, which npm brings: the script {@code client/chat.mjs}. */
@Tag("needs-npm")
class NodeClientTest {

    private static final Path FOLDER = Path.of("target/node-client");
    private static final Path SCRIPT = Path.of("src/test/resources/client/chat.mjs");

    @Test
    void talksToTheService() throws Exception {
        Files.createDirectories(FOLDER);
        run(Map.of(), "npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", ".", "openai@" + version());
        Files.copy(SCRIPT, FOLDER.resolve("chat.mjs"), StandardCopyOption.REPLACE_EXISTING);
        String printed = run(Map.of("BASE_URL", AssistantService.url(AssistantService.scripted())), "node", "chat.mjs");
        assertThat(printed.lines())
                .containsExactly(
                        "\"" + AssistantService.GREETING + "\"",
                        "\"" + AssistantService.GREETING + "\"",
                        "[\"" + AssistantService.ANSWER + "\",[\"Rome\"]]",
                        "{\"age\":7,\"name\":\"Zoe\"}",
                        "[256,256]");
    }

    /** Versions live in one place. */
    private static String version() throws IOException {
        Matcher version = Pattern.compile("<openai-node.version>(.*)</").matcher(Files.readString(Path.of("pom.xml")));
        assertThat(version.find()).isTrue();
        return version.group(1);
    }

    private static String run(Map<String, String> environment, String... command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(List.of(command))
                .directory(FOLDER.toFile())
                .redirectError(FOLDER.resolve("errors.txt").toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        String printed = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue())
                .as(() -> String.join(" ", command) + ": see " + FOLDER.resolve("errors.txt"))
                .isZero();
        return printed;
    }
}
