package dev.altiplano.tool.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.altiplano.tool.Commands;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Scores that lm-evaluation-harness itself gave to the embedded model, for every kind of task. */
final class HarnessScoresTest {

    private static final Path FOLDER = Path.of("src/test/resources/evaluation/harness");

    @TempDir
    private Path folder;

    @Test
    void areOurs() throws IOException {
        Path json = folder.resolve("scores.json");
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said);
        int code = Commands.run(
                out,
                out,
                "eval",
                "src/main/resources/model/demo",
                "--weights",
                "f32",
                "--as",
                "local-completions",
                "--task-files",
                FOLDER.toString(),
                "--tasks",
                "stories,endings,tales,openings",
                "--json",
                json.toString());
        assertThat(code).as(said.toString()).isZero();
        JsonMapper mapper = new JsonMapper();
        JsonNode ours = mapper.readTree(Files.readString(json)).path("results");
        JsonNode theirs = mapper.readTree(Files.readString(FOLDER.resolve("scores.json")));
        assertThat(theirs.propertyNames()).hasSize(4);
        for (String task : theirs.propertyNames()) {
            for (String metric : theirs.path(task).propertyNames()) {
                double expected = theirs.path(task).path(metric).asDouble();
                JsonNode found = ours.path(task).path(metric);
                assertThat(found.isNumber()).as(task + " " + metric).isTrue();
                // Instruction sets sum in other orders, and Python before 3.12 sums less exactly.
                double margin = metric.contains("perplexity") || metric.startsWith("bits") ? 1e-5 * expected : 1e-15;
                assertThat(found.asDouble()).as(task + " " + metric).isCloseTo(expected, within(margin));
            }
        }
    }
}
