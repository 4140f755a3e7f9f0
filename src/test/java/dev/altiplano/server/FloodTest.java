package dev.altiplano.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** The program in C that floods are measured with (src/test/c/flood.c). */
class FloodTest {

    private static final Path PROGRAM = Path.of("target/native-test/flood");
    private static final Pattern STATUS = Pattern.compile(" (\\d+): (\\d+)");
    private static final int REQUESTS = 200;

    static boolean compiled() {
        return Files.exists(PROGRAM);
    }

    @Test
    @EnabledIf(value = "compiled", disabledReason = "target/native-test/flood needs Linux and a C compiler")
    void getsAnAnswerToEveryRequest() throws Exception {
        try (TestServer server = TestServer.ready(
                "--altiplano.queue.capacity=16",
                "--altiplano.engine.max-sequences=4",
                "--logging.level.dev.altiplano.requests=off")) {
            Process flood = new ProcessBuilder(
                            PROGRAM.toString(), Integer.toString(server.port), Integer.toString(REQUESTS), "1")
                    .redirectErrorStream(true)
                    .start();
            String printed = new String(flood.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(flood.waitFor()).as(printed).isZero();
            List<String> lines = printed.lines().toList();
            assertThat(lines).as(printed).hasSize(4);
            for (String line : lines) {
                List<MatchResult> statuses = STATUS.matcher(line).results().toList();
                assertThat(statuses)
                        .as(line)
                        .isNotEmpty()
                        .allMatch(status -> !status.group(1).equals("0"));
                if (!line.startsWith("/metrics")) {
                    assertThat(statuses.stream()
                                    .mapToInt(status -> Integer.parseInt(status.group(2)))
                                    .sum())
                            .as(line)
                            .isEqualTo(REQUESTS);
                }
            }
        }
    }
}
