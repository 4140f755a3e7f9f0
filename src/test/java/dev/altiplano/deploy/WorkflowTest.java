package dev.altiplano.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;

/** GitHub's files, examined here because nothing else does before they are needed. */
class WorkflowTest {

    static List<Chart.Values> workflows() {
        return Chart.Values.in(Path.of(".github/workflows"), ".yaml");
    }

    @ParameterizedTest
    @MethodSource("workflows")
    void workflowsAreSound(Chart.Values workflow) {
        assertThat(Workflow.problems(workflow.tree())).isEmpty();
    }

    /** Dependabot renews both; a reader sees which version the commit is. */
    @ParameterizedTest
    @MethodSource("workflows")
    void everyCommitSaysItsVersion(Chart.Values workflow) {
        assertThat(workflow.text().lines().filter(line -> line.contains("uses: ")))
                .isNotEmpty()
                .allMatch(line -> line.matches(".*uses: \\S+@[0-9a-f]{40} # v\\d+\\.\\d+\\.\\d+"));
    }

    @ParameterizedTest
    @MethodSource("workflows")
    void everyScriptIsBash(Chart.Values workflow, @TempDir Path folder) throws Exception {
        Path script = folder.resolve("script");
        for (Object job : Tree.map(workflow.tree().get("jobs")).values()) {
            for (Map<String, Object> step : Tree.maps(job, "steps")) {
                if (step.get("run") instanceof String text) {
                    Files.writeString(script, text);
                    assertThat(Command.run("bash", "-n", script.toString())).isEmpty();
                }
            }
        }
    }

    @Test
    void theOtherFilesAreYaml() throws Exception {
        for (String file : List.of(
                "dependabot.yml", "ISSUE_TEMPLATE/bug.yaml", "ISSUE_TEMPLATE/wish.yaml", "ISSUE_TEMPLATE/config.yml")) {
            Object tree = new Yaml().load(Files.readString(Path.of(".github").resolve(file)));
            assertThat(tree).as(file).isInstanceOf(Map.class);
        }
    }

    @Test
    void mistakesAreNoticed() {
        String bad = """
                on: [push]
                permissions: {contents: write}
                jobs:
                  a:
                    runs-on: ${{ matrix.runner }}
                    needs: b
                    steps:
                      - uses: actions/checkout@main
                      - run: echo ${{ github.event.issue.title }}
                      - nam: x
                        run: "true"
                        env: {A: "${{ steps.none.outputs.x }}"}
                """;
        assertThat(Workflow.problems(new Yaml().load(bad))).hasSize(9);
    }
}
