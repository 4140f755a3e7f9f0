package dev.altiplano.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
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

    /** A pod with two volumes of a name is refused by the API server. */
    @Test
    void noVolumeMayHaveTheNameOfOneOfTheCharts() {
        Set<String> names = new TreeSet<>();
        for (Chart.Values values : ChartRenderTest.matrix()) {
            Set<Object> own = Tree.at(values.tree(), "extraVolumes") == null
                    ? Set.of()
                    : Tree.maps(values.tree(), "extraVolumes").stream()
                            .map(volume -> volume.get("name"))
                            .collect(Collectors.toSet());
            for (Map<String, Object> object : Chart.objects(Chart.render(values))) {
                if ("Deployment".equals(object.get("kind"))) {
                    Tree.maps(object, "spec.template.spec.volumes").stream()
                            .map(volume -> Tree.text(volume, "name"))
                            .filter(name -> !own.contains(name))
                            .forEach(names::add);
                }
            }
        }
        assertThat(names).contains("model", "cache", "api-keys", "adapters", "fetch-token", "fetch-trust", "tmp");
        for (String name : names) {
            assertThatThrownBy(() -> Chart.render("extraVolumes: [{name: " + name + ", emptyDir: {}}]"))
                    .hasMessageContaining("extraVolumes has a volume " + name);
        }
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
