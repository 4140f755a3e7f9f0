package dev.altiplano.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
