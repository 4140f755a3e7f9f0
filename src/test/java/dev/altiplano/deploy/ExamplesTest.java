package dev.altiplano.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** What docs/scaling.md shows is there and is what it says; the value files themselves are part of the chart's matrix. */
class ExamplesTest {

    @Test
    void everyLinkOfTheGuideLeadsSomewhereAndEveryExampleIsShown() throws Exception {
        Path docs = Path.of("docs");
        String guide = Files.readString(docs.resolve("scaling.md"));
        Matcher link = Pattern.compile("]\\(([^)#]+)\\)").matcher(guide);
        while (link.find()) {
            assertThat(docs.resolve(link.group(1))).exists();
        }
        try (var examples = Files.list(Chart.FOLDER.resolve("examples"))) {
            assertThat(examples)
                    .allSatisfy(file ->
                            assertThat(guide).contains(file.getFileName().toString()));
        }
    }

    @Test
    void theGroupOfNodesIsStrictlyRight() throws Exception {
        List<Map<String, Object>> objects =
                Chart.objects(Files.readString(Chart.FOLDER.resolve("examples/beyond-one-node.yaml")));
        for (Map<String, Object> object : objects) {
            assertThat(KubernetesTypes.problems(object)).isEmpty();
        }
        for (String template : List.of("leaderTemplate", "workerTemplate")) {
            Object spec = Tree.at(objects.getFirst(), "spec.leaderWorkerTemplate." + template + ".spec");
            Map<String, Object> pod =
                    Map.of("apiVersion", "v1", "kind", "Pod", "metadata", Map.of("name", "a"), "spec", spec);
            assertThat(KubernetesTypes.problems(pod)).isEmpty();
        }
    }

    @Test
    void whatArgoCdRendersIsRight() throws Exception {
        Map<String, Object> application = Chart.objects(Files.readString(Chart.FOLDER.resolve("examples/argo-cd.yaml")))
                .getFirst();
        assertThat(KubernetesTypes.problems(application)).isEmpty();
        String values = new Yaml().dump(Tree.at(application, "spec.source.helm.valuesObject"));
        List<Map<String, Object>> objects = Chart.objects(Chart.render(values));
        assertThat(objects)
                .isNotEmpty()
                .allSatisfy(
                        object -> assertThat(KubernetesTypes.problems(object)).isEmpty());
        assertThat(Tree.text(application, "spec.source.targetRevision"))
                .isEqualTo(Tree.text(
                        Chart.Values.of(Chart.FOLDER.resolve("Chart.yaml")).tree(), "version"));
    }

    /** Its restricted-v2 policy takes pods that name no id, and a few kinds of volumes. */
    @Test
    void openShiftsPolicyTakesThePods() {
        Chart.Values values = Chart.Values.of(Chart.FOLDER.resolve("examples/openshift-values.yaml"));
        List<Object> pods = new ArrayList<>();
        pods.add(Tree.at(Chart.only(Chart.objects(Chart.render(values)), "Deployment"), "spec.template.spec"));
        Chart.testPods(values).forEach(pod -> pods.add(pod.get("spec")));
        assertThat(pods).hasSize(2).allSatisfy(pod -> {
            Tree.leaves(
                    pod,
                    "",
                    (path, value) -> assertThat(path)
                            .doesNotEndWith("/runAsUser")
                            .doesNotEndWith("/runAsGroup")
                            .doesNotContain("fsGroup"));
            assertThat(PodRules.problems(Tree.map(pod), false)).isEmpty();
        });
    }

    @Test
    void theGuidesFigureForTheLargestModelIsTheCharts() {
        String values = "model: {size: 65B, source: pvc, pvc: {claimName: a}}";
        Map<String, Object> deployment = Chart.only(Chart.objects(Chart.render(values)), "Deployment");
        assertThat(Tree.text(deployment, "spec.template.spec.containers.0.resources.limits.memory"))
                .isEqualTo("168Gi");
    }
}
