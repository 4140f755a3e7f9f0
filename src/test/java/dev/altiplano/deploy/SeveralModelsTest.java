package dev.altiplano.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Several models in one release: each is what it would be alone, and none is behind another's address. */
class SeveralModelsTest {

    @Test
    void eachHasItsOwnDeploymentServiceAndSettings() {
        List<List<Map<String, Object>>> models = Chart.byModel(Chart.objects(Chart.render("""
                engine: {maxSequences: 8, prefixCache: true}
                podAnnotations: {a: "1"}
                models:
                  one: {engine: {prefixCache: false}, replicas: 2, podAnnotations: {b: "2"}}
                  two:
                """)));
        assertThat(models).hasSize(2);
        Map<String, Object> one = Chart.only(models.get(0), "Deployment");
        Map<String, Object> two = Chart.only(models.get(1), "Deployment");
        assertThat(Tree.text(one, "metadata.name")).isEqualTo("llama-altiplano-one");
        assertThat(Tree.text(Chart.only(models.get(1), "Service"), "metadata.name"))
                .isEqualTo("llama-altiplano-two");
        assertThat(Tree.text(one, "spec.replicas")).isEqualTo("2");
        assertThat(Tree.text(two, "spec.replicas")).isEqualTo("1");
        assertThat(Tree.at(one, "spec.template.metadata.annotations")).isEqualTo(Map.of("a", "1", "b", "2"));
        assertThat(variable(one, "ALTIPLANO_ENGINE_PREFIXCACHE")).isEqualTo("false");
        assertThat(variable(two, "ALTIPLANO_ENGINE_PREFIXCACHE")).isEqualTo("true");
        assertThat(variable(one, "ALTIPLANO_ENGINE_MAXSEQUENCES")).isEqualTo("8");
        assertThat(variable(two, "ALTIPLANO_MODEL_ID")).isEqualTo("two");
        assertThat(Tree.at(one, "spec.selector.matchLabels")).isNotEqualTo(Tree.at(two, "spec.selector.matchLabels"));
    }

    @Test
    void aRefusalNamesItsModel() {
        assertThatThrownBy(() -> Chart.render("models: {a: {}, b: {model: {size: 7B}}}"))
                .hasMessageContaining("models.b:")
                .hasMessageContaining("model.size is 7B, and only demo is inside the image");
    }

    @Test
    void twoBehindOneAddressAreRefused() {
        assertThatThrownBy(() ->
                        Chart.render("{ingress: {enabled: true, hosts: [a.example.com]}, models: {a: {}, b: {}}}"))
                .hasMessageContaining("two models are behind ingress a.example.com/");
    }

    @Test
    void oneAddressServesSeveralByTheirNames() {
        List<Map<String, Object>> objects = Chart.objects(Chart.render("""
                httpRoute: {enabled: true, parentRefs: [{name: g}], hostnames: [a.example.com], modelHeader: X-Gateway-Model-Name}
                models:
                  one: {model: {id: meta/llama}}
                  two: {adapters: {legal: /opt/legal}}
                """));
        List<Map<String, Object>> routes = objects.stream()
                .filter(object -> "HTTPRoute".equals(object.get("kind")))
                .toList();
        assertThat(routes).hasSize(2);
        assertThat(headers(routes.get(0))).containsExactly("X-Gateway-Model-Name: meta/llama");
        assertThat(headers(routes.get(1))).containsExactly("X-Gateway-Model-Name: two", "X-Gateway-Model-Name: legal");
        assertThatThrownBy(() -> Chart.render("""
                        httpRoute: {enabled: true, parentRefs: [{name: g}], modelHeader: X-Gateway-Model-Name}
                        models: {one: {adapters: {legal: /a}}, two: {adapters: {legal: /b}}}
                        """)).hasMessageContaining("two models are behind route * legal");
    }

    private static List<String> headers(Map<String, Object> route) {
        return Tree.maps(route, "spec.rules.0.matches").stream()
                .map(match -> Tree.text(match, "headers.0.name") + ": " + Tree.text(match, "headers.0.value"))
                .toList();
    }

    @Test
    void whatBelongsToTheReleaseIsNoModels() {
        assertThatThrownBy(() -> Chart.render("models: {a: {serviceAccount: {create: false}}}"))
                .hasMessageContaining("serviceAccount");
    }

    private static String variable(Map<String, Object> deployment, String name) {
        return ChartRenderTest.variable(Tree.map(Tree.at(deployment, "spec.template.spec.containers.0")), name);
    }
}
