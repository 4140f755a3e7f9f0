package dev.altiplano.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What would start and then fail is refused with a sentence; each file of refusals says in its first lines which. */
class ChartRefusalTest {

    static List<Chart.Values> refusals() {
        return Chart.Values.in(Path.of("src/test/resources/deploy/refusals"), ".yaml");
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void isRefusedWithWhatToChange(Chart.Values values) {
        List<String> sentences = values.remarks("says");
        assertThat(sentences).isNotEmpty();
        assertThatThrownBy(() -> Chart.render(values))
                .satisfies(refusal -> sentences.forEach(
                        sentence -> assertThat(refusal.getMessage()).contains(sentence)));
    }

    @Test
    void strictTypesNoticeWhatAnApiServerWould() {
        assertThat(KubernetesTypes.problems(deploymentWith("replicaz", 1)))
                .singleElement()
                .asString()
                .contains("replicaz");
        assertThat(KubernetesTypes.problems(deploymentWith("replicas", "1")))
                .singleElement()
                .asString()
                .contains("replicas");
        assertThat(KubernetesTypes.problems(deploymentWith("replicas", 1))).isEmpty();
        Map<String, Object> configuration = Map.of(
                "apiVersion", "v1", "kind", "ConfigMap", "metadata", Map.of("name", "a"), "data", Map.of("a", 1));
        assertThat(KubernetesTypes.problems(configuration))
                .singleElement()
                .asString()
                .contains("data");
    }

    private static Map<String, Object> deploymentWith(String key, Object value) {
        return Map.of(
                "apiVersion",
                "apps/v1",
                "kind",
                "Deployment",
                "metadata",
                Map.of("name", "a"),
                "spec",
                Map.of(key, value));
    }
}
