package dev.altiplano.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Renders the chart over a matrix of values and examines every object that comes out. */
class ChartRenderTest {
    private static final String LABEL_VALUE = "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?";

    static List<Chart.Values> matrix() {
        return Stream.concat(
                        Chart.Values.in(Chart.FOLDER.resolve("ci"), "-values.yaml").stream(),
                        Chart.Values.in(Chart.FOLDER.resolve("examples"), "-values.yaml").stream())
                .toList();
    }

    @Test
    void theMatrixIsWide() {
        assertThat(matrix()).hasSizeGreaterThanOrEqualTo(25);
    }

    @ParameterizedTest
    @MethodSource("matrix")
    void everyObjectIsWhatAnApiServerAccepts(Chart.Values values) {
        List<Map<String, Object>> objects = Chart.objects(Chart.render(values));
        Set<String> seen = new HashSet<>();
        for (Map<String, Object> object : objects) {
            String id = object.get("kind") + "/" + Tree.text(object, "metadata.name");
            assertThat(seen.add(id)).as("%s is rendered once", id).isTrue();
            assertThat(KubernetesTypes.problems(object)).as(id).isEmpty();
            assertThat(Tree.text(object, "metadata.name")).matches("[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?");
            labelsAreValid(object);
        }
        objects.addAll(hooks(values));
        boolean hostPath = "hostPath".equals(Tree.at(values.tree(), "model.source"));
        for (Map<String, Object> object : objects) {
            String pod = switch (object.get("kind").toString()) {
                case "Deployment", "Job" -> "spec.template.spec";
                case "Pod" -> "spec";
                default -> null;
            };
            if (pod != null) {
                assertThat(PodRules.problems(Tree.map(Tree.at(object, pod)), hostPath))
                        .isEmpty();
            }
        }
        boolean guaranteed = Tree.at(values.tree(), "resources.requests") == null;
        Chart.byModel(objects).forEach(model -> partsFitTogether(model, guaranteed));
    }

    private static List<Map<String, Object>> hooks(Chart.Values values) {
        List<Map<String, Object>> hooks = Chart.hooks(values);
        boolean tests = !Boolean.FALSE.equals(Tree.at(values.tree(), "tests.enabled"));
        boolean replay = Boolean.TRUE.equals(Tree.at(values.tree(), "replay.enabled"));
        assertThat(hooks.stream().anyMatch(hook -> "Pod".equals(hook.get("kind"))))
                .isEqualTo(tests);
        assertThat(hooks.stream().anyMatch(hook -> "Job".equals(hook.get("kind"))))
                .isEqualTo(replay);
        hooks.stream()
                .map(hook -> "Job".equals(hook.get("kind")) ? podOf(hook) : hook)
                .forEach(pod -> assertThat(KubernetesTypes.problems(pod)).isEmpty());
        return hooks;
    }

    /** The pod that {@code job} makes. */
    private static Map<String, Object> podOf(Map<String, Object> job) {
        assertThat(job)
                .containsEntry("apiVersion", "batch/v1")
                .containsOnlyKeys("apiVersion", "kind", "metadata", "spec");
        assertThat(Tree.map(job.get("spec")))
                .containsOnlyKeys("backoffLimit", "activeDeadlineSeconds", "template")
                .containsEntry("backoffLimit", 0);
        Map<String, Object> template = Tree.map(Tree.at(job, "spec.template"));
        assertThat(template).containsOnlyKeys("metadata", "spec");
        return Map.of(
                "apiVersion", "v1", "kind", "Pod", "metadata", template.get("metadata"), "spec", template.get("spec"));
    }

    /** The Job answers with what the pods to come are set to. */
    @Test
    void theReplayHasThePodsSettings() {
        Chart.Values values = Chart.Values.of(Chart.FOLDER.resolve("ci/35-replay-values.yaml"));
        Map<String, Object> job = Chart.only(
                Chart.hooks(values).stream()
                        .filter(hook -> "Job".equals(hook.get("kind")))
                        .toList(),
                "Job");
        Map<String, Object> deployment = Chart.only(Chart.objects(Chart.render(values)), "Deployment");
        String container = "spec.template.spec.containers.0.";
        assertThat(Tree.at(job, container + "env")).isEqualTo(Tree.at(deployment, container + "env"));
        assertThat(Tree.at(job, container + "image")).isEqualTo(Tree.at(deployment, container + "image"));
        assertThat(Tree.at(job, container + "resources")).isEqualTo(Tree.at(deployment, container + "resources"));
        assertThat(Tree.at(job, container + "args"))
                .isEqualTo(List.of(
                        "replay", "/recording/week.jsonl", "--set", "altiplano.adapters.legal=/model/adapters/legal"));
    }

    @Test
    void adaptersWithAddressesAreFetchedIntoTheirOwnFolders() {
        Chart.Values values = Chart.Values.of(Chart.FOLDER.resolve("ci/36-adapters-values.yaml"));
        Object pod = Tree.at(Chart.only(Chart.objects(Chart.render(values)), "Deployment"), "spec.template.spec");
        List<Map<String, Object>> fetches = Tree.maps(pod, "initContainers");
        assertThat(fetches).hasSize(2);
        assertThat(Tree.at(fetches.getFirst(), "args").toString())
                .contains(
                        "https://models.example.com/support.gguf?version=2",
                        "/adapters/Support-2",
                        "--name=support.gguf");
        assertThat(Tree.at(pod, "containers.0.args"))
                .isEqualTo(List.of(
                        "--altiplano.adapters.Support-2=/adapters/Support-2/support.gguf",
                        "--altiplano.adapters.legal=/adapters/legal",
                        "--altiplano.adapters.mounted=/opt/mounted",
                        "--altiplano.adapters.terms-v1.2=/opt/terms"));
        assertThat(Tree.text(pod, "containers.0.resources.limits.ephemeral-storage"))
                .isEqualTo("2560Mi");
    }

    @Test
    void fetchesGoThroughTheProxy() {
        Chart.Values values = Chart.Values.of(Chart.FOLDER.resolve("ci/30-fetch-behind-proxy-values.yaml"));
        Object pod = Tree.at(Chart.only(Chart.objects(Chart.render(values)), "Deployment"), "spec.template.spec");
        assertThat(Tree.maps(pod, "initContainers")).hasSize(2).allSatisfy(fetch -> {
            assertThat(variable(fetch, "HTTPS_PROXY")).isEqualTo("http://proxy.example.com:3128");
            assertThat(variable(fetch, "HTTP_PROXY")).isEqualTo("http://proxy.example.com:3128");
            assertThat(variable(fetch, "NO_PROXY")).isEqualTo("*.example.com,localhost,10.*");
            assertThat(variable(fetch, "JDK_JAVA_OPTIONS"))
                    .contains("-Djavax.net.ssl.trustStore=")
                    .doesNotContain("proxy");
        });
    }

    @Test
    void theReplayLeavesThePodsFileOfPrefixesAlone() {
        Chart.Values values = new Chart.Values(
                "inline", "{replay: {enabled: true, configMap: week}, cache: {type: pvc, existingClaim: prefixes}}");
        assertThat(Chart.only(Chart.objects(Chart.render(values)), "Deployment").toString())
                .contains("prefixes", "ALTIPLANO_CACHE_PATH");
        assertThat(Chart.hooks(values).toString())
                .contains("name=recording, configMap={name=week}")
                .doesNotContain("prefixes", "ALTIPLANO_CACHE_PATH");
    }

    private static void labelsAreValid(Map<String, Object> object) {
        if (Tree.at(object, "metadata.labels") instanceof Map<?, ?> labels) {
            labels.forEach((key, value) -> assertThat((String) value)
                    .as("label %s", key)
                    .matches(LABEL_VALUE)
                    .hasSizeLessThanOrEqualTo(63));
        }
    }

    private static void partsFitTogether(List<Map<String, Object>> objects, boolean guaranteed) {
        Map<String, Object> deployment = Chart.only(objects, "Deployment");
        Map<String, Object> labels = Tree.map(Tree.at(deployment, "spec.template.metadata.labels"));
        Map<String, Object> server = Tree.map(Tree.at(deployment, "spec.template.spec.containers.0"));
        assertThat(labels).containsEntry("llm-d.ai/engine-type", "vllm");
        for (Map<String, Object> object : objects) {
            for (String selector : List.of("spec.selector.matchLabels", "spec.podSelector.matchLabels")) {
                if (Tree.at(object, selector) instanceof Map<?, ?> wanted
                        && !Set.of("ServiceMonitor", "PodMonitoring").contains(object.get("kind"))) {
                    assertThat(labels)
                            .as("%s selects the pods", object.get("kind"))
                            .containsAllEntriesOf(Tree.map(wanted));
                }
            }
        }
        Map<String, Object> service = Chart.only(objects, "Service");
        assertThat(labels).containsAllEntriesOf(Tree.map(Tree.at(service, "spec.selector")));

        if (guaranteed) {
            assertThat(Tree.at(server, "resources.requests")).isEqualTo(Tree.at(server, "resources.limits"));
        }
        Object preStop = Tree.at(server, "lifecycle.preStop.sleep.seconds");
        long drain = Long.parseLong(
                variable(server, "SPRING_LIFECYCLE_TIMEOUTPERSHUTDOWNPHASE").replace("s", ""));
        assertThat(Tree.number(deployment, "spec.template.spec.terminationGracePeriodSeconds"))
                .as("the pod is not killed before the drain's deadline")
                .isGreaterThan(drain + (preStop == null ? 0 : Long.parseLong(preStop.toString())));
        long patience = Tree.number(server, "startupProbe.periodSeconds")
                * Tree.number(server, "startupProbe.failureThreshold");
        assertThat(Tree.number(deployment, "spec.progressDeadlineSeconds"))
                .as("a rollout outlasts the load")
                .isGreaterThan(patience);
        boolean scaled = objects.stream()
                .anyMatch(o -> Set.of("HorizontalPodAutoscaler", "ScaledObject").contains(o.get("kind")));
        assertThat(Tree.map(deployment.get("spec")).containsKey("replicas")).isEqualTo(!scaled);
    }

    @Test
    void spansPassTheNetworkPolicy() {
        List<Map<String, Object>> objects = Chart.objects(Chart.render(
                "{networkPolicy: {enabled: true}, tracing: {endpoint: \"http://collector:4318/v1/traces\"}}"));
        assertThat(Tree.maps(Chart.only(objects, "NetworkPolicy"), "spec.egress")
                        .toString())
                .contains("port=4318", "port=53,", "port=5353,");
    }

    /** What is fetched through a proxy needs no other port, unless some hosts are reached without it. */
    @ParameterizedTest
    @CsvSource({"'',53 53 5353 5353 3128", "a.example.com,53 53 5353 5353 3128 8443"})
    void behindAProxyItsPortAloneIsOpen(String around, String ports) {
        List<Map<String, Object>> objects = Chart.objects(Chart.render("{networkPolicy: {enabled: true},"
                + " model: {size: 7B, source: url, url: {proxy: \"http://proxy:3128\", noProxy: [" + around + "],"
                + " allowUnverified: true, files: [{url: \"https://a.example.com:8443/7b.gguf\"}]}}}"));
        assertThat(Tree.maps(Chart.only(objects, "NetworkPolicy"), "spec.egress").stream()
                        .flatMap(rule -> Tree.maps(rule, "ports").stream())
                        .map(allowed -> String.valueOf(allowed.get("port"))))
                .containsExactly(ports.split(" "));
    }

    /** A container beside the server ends TLS; metrics are the server's, without it. */
    @ParameterizedTest
    @ValueSource(strings = {"https", "8443"})
    void clientsReachTheContainerThatEndsTlsAndPrometheusTheServer(String port) {
        List<Map<String, Object>> objects = Chart.objects(Chart.render("{service: {targetPort: " + port
                + "}, networkPolicy: {enabled: true, from: [{namespaceSelector: {}}]},"
                + " monitoring: {serviceMonitor: {enabled: true}}}"));
        assertThat(Tree.map(Tree.at(Chart.only(objects, "ServiceMonitor"), "spec.endpoints.0")))
                .containsEntry("targetPort", "http")
                .doesNotContainKey("port");
        assertThat(Tree.maps(Chart.only(objects, "NetworkPolicy"), "spec.ingress.0.ports"))
                .extracting(allowed -> String.valueOf(allowed.get("port")))
                .containsExactly("http", port);
        assertThat(objects)
                .allSatisfy(
                        object -> assertThat(KubernetesTypes.problems(object)).isEmpty());
    }

    /** Names as a ReplicaSet gives them; a release called llama-altiplano-large has pods of its own. */
    @Test
    void kedaCountsThisReleasesPodsAlone() {
        String query = Tree.text(
                Chart.only(
                        Chart.objects(
                                Chart.render("autoscaling: {keda: {enabled: true, prometheusAddress: \"http://p\"}}")),
                        "ScaledObject"),
                "spec.triggers.0.metadata.query");
        Matcher pods =
                Pattern.compile("namespace=\"serving\",pod=~\"([^\"]+)\"").matcher(query);
        assertThat(pods.find()).isTrue();
        assertThat("llama-altiplano-6c8f9d7b5-x2x4z").matches(pods.group(1));
        assertThat("llama-altiplano-large-6c8f9d7b5-x2x4z").doesNotMatch(pods.group(1));
        assertThat("other-llama-altiplano-6c8f9d7b5-x2x4z").doesNotMatch(pods.group(1));
    }

    static String variable(Map<String, Object> container, String name) {
        return Tree.maps(container, "env").stream()
                .filter(variable -> name.equals(variable.get("name")))
                .map(variable -> Tree.text(variable, "value"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name));
    }

    @ParameterizedTest
    @MethodSource("matrix")
    void notesTellWhereToGo(Chart.Values values) {
        assertThat(Chart.notes(values))
                .contains("Altiplano 0.1.0 serves")
                .contains("kubectl -n serving")
                .contains("/v1/completions")
                .doesNotContain("%!")
                .doesNotContain("<no value>")
                .doesNotContain("<nil>");
    }

    @Test
    void notesTellWhereTheAutoscalersMetricComesFrom() {
        String values = "{autoscaling: {hpa: {enabled: true}}, monitoring: {prometheusRule: {enabled: %s}}}";
        assertThat(Chart.notes(new Chart.Values("inline", values.formatted("false"))))
                .contains("Enable monitoring.prometheusRule");
        assertThat(Chart.notes(new Chart.Values("inline", values.formatted("true"))))
                .doesNotContain("prometheusRule");
    }

    @Test
    void lintIsContent() {
        LintResult result = new Helm(Chart.FOLDER).lint().strict().call();
        assertThat(result.isFailed())
                .as(String.join("\n", result.getMessages()))
                .isFalse();
    }

    @Test
    void versionsAreTheProducts() throws Exception {
        String pom = Files.readString(Path.of("pom.xml"));
        String version =
                pom.replaceAll("(?s).*?<artifactId>altiplano</artifactId>\\s*<version>([^<]+)</version>.*", "$1");
        Map<String, Object> chart =
                Chart.Values.of(Chart.FOLDER.resolve("Chart.yaml")).tree();
        assertThat(chart.get("version")).isEqualTo(version);
        assertThat(chart.get("appVersion")).isEqualTo(version);
    }
}
