package dev.altiplano.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import tools.jackson.databind.json.JsonMapper;

/** Prometheus' own tool reads the rules and runs their unit tests. */
@Tag("needs-promtool")
class PrometheusRulesTest {

    @Test
    void promtoolAcceptsTheRules() throws Exception {
        assertThat(Command.run("promtool", "check", "rules", "helm/altiplano/files/altiplano.rules.yaml"))
                .contains("SUCCESS");
    }

    @Test
    void promtoolAcceptsTheRulesThatTheChartRenders(@TempDir Path folder) throws Exception {
        String values = "monitoring: {prometheusRule: {enabled: true, ttftObjectiveSeconds: \"2.5\"}}";
        Map<String, Object> rule = Chart.only(Chart.objects(Chart.render(values)), "PrometheusRule");
        Path file = folder.resolve("rules.json");
        Files.writeString(file, JsonMapper.shared().writeValueAsString(rule.get("spec")));
        assertThat(Command.run("promtool", "check", "rules", file.toString())).contains("SUCCESS");
        assertThat(Files.readString(file)).contains("le=\\\"2.5\\\"").doesNotContain("le=\\\"10.0\\\"");
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void theChartsRulesAreAboutItsOwnReleaseAlone(@TempDir Path folder) throws Exception {
        Map<String, Object> rule = Chart.only(
                Chart.objects(Chart.render(
                        "{fullnameOverride: llama-altiplano, monitoring: {prometheusRule: {enabled: true}}}")),
                "PrometheusRule");
        Files.writeString(
                folder.resolve("release.rules.yaml"), JsonMapper.shared().writeValueAsString(rule.get("spec")));
        Path tests = Files.copy(
                Path.of("src/test/resources/deploy/prometheus/release.rules.test.yaml"),
                folder.resolve("release.rules.test.yaml"));
        assertThat(Command.run("promtool", "test", "rules", tests.toString())).contains("SUCCESS");
    }

    @Test
    void everyAlertLeadsToASectionOfTheRunbook() throws Exception {
        String runbook = Files.readString(Path.of("docs/operations.md"));
        Map<String, Object> rules = Chart.Values.of(Chart.FOLDER.resolve("files/altiplano.rules.yaml"))
                .tree();
        for (Map<String, Object> group : Tree.maps(rules, "groups")) {
            for (Map<String, Object> rule : Tree.maps(group, "rules")) {
                if (rule.get("alert") instanceof String alert) {
                    assertThat(Tree.text(rule, "annotations.runbook_url"))
                            .endsWith("docs/operations.md#" + alert.toLowerCase(Locale.ROOT));
                    assertThat(runbook).contains("\n### " + alert + "\n");
                }
            }
        }
    }

    @Test
    void aReleaseThatGoesToZeroIsNotMissed() {
        String zero = """
                monitoring: {prometheusRule: {enabled: true}}
                autoscaling:
                  minReplicas: 0
                  keda:
                    enabled: true
                    prometheusAddress: http://prometheus
                    extraTriggers: [{type: prometheus, metadata: {serverAddress: "http://prometheus", query: a, threshold: "1"}}]
                """;
        assertThat(Chart.render(zero)).contains("AltiplanoLoadFailed").doesNotContain("AltiplanoAbsent");
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void everyAlertRaisesAndKeepsStillWhereItShould() throws Exception {
        Path tests = Path.of("src/test/resources/deploy/prometheus/altiplano.rules.test.yaml");
        assertThat(Command.run("promtool", "test", "rules", tests.toString())).contains("SUCCESS");
        String text = Files.readString(tests);
        List<String> untested = Files.readAllLines(Path.of("helm/altiplano/files/altiplano.rules.yaml")).stream()
                .filter(line -> line.contains("- alert: "))
                .map(line -> line.substring(line.indexOf(": ") + 2))
                .filter(alert -> !text.contains("alertname: " + alert + "\n        exp_alerts"))
                .toList();
        assertThat(untested).as("alerts that no test sees raised").isEmpty();
    }
}
