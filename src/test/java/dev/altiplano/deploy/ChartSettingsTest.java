package dev.altiplano.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.model.Models;
import dev.altiplano.server.config.AltiplanoProperties;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import tools.jackson.databind.json.JsonMapper;

/** What the chart sets, the server knows and accepts: its own settings classes read the pods' environment. */
class ChartSettingsTest {

    private static Set<String> settings = Set.of();

    @BeforeAll
    static void readSettings() throws Exception {
        settings = settings();
    }

    static List<Chart.Values> matrix() {
        return ChartRenderTest.matrix();
    }

    @ParameterizedTest
    @MethodSource("matrix")
    void theServerAcceptsThePodsEnvironmentAndArguments(Chart.Values values) {
        for (List<Map<String, Object>> model : Chart.byModel(Chart.objects(Chart.render(values)))) {
            theServerAcceptsTheEnvironmentOf(Chart.only(model, "Deployment"));
        }
    }

    private static void theServerAcceptsTheEnvironmentOf(Map<String, Object> deployment) {
        Map<String, Object> variables = new HashMap<>();
        for (Map<String, Object> variable : Tree.maps(deployment, "spec.template.spec.containers.0.env")) {
            if (Tree.text(variable, "name").startsWith("ALTIPLANO_")) {
                variables.put(Tree.text(variable, "name"), variable.get("value"));
            }
        }
        assertThat(settings).containsAll(variables.keySet());
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .addFirst(new SystemEnvironmentPropertySource("pod-systemEnvironment", variables));
        String[] arguments = Tree.at(deployment, "spec.template.spec.containers.0.args") instanceof List<?> list
                ? list.stream().map(String::valueOf).toArray(String[]::new)
                : new String[0];
        environment.getPropertySources().addFirst(new SimpleCommandLinePropertySource(arguments));
        environment.getPropertySources().remove(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);
        AltiplanoProperties bound = Binder.get(environment)
                .bind("altiplano", Bindable.of(AltiplanoProperties.class))
                .get();
        if (arguments.length > 0) {
            assertThat(bound.adapters().entrySet().stream()
                            .map(adapter -> "--altiplano.adapters." + adapter.getKey() + "=" + adapter.getValue()))
                    .containsExactlyInAnyOrder(arguments);
        }
    }

    /** The settings that the server's metadata lists, as environment variables are written. */
    private static Set<String> settings() throws Exception {
        Path metadata = Path.of("target/classes/META-INF/spring-configuration-metadata.json");
        Map<?, ?> root = JsonMapper.shared().readValue(Files.readString(metadata), Map.class);
        return Tree.maps(root, "properties").stream()
                .map(property -> Tree.text(property, "name")
                        .toUpperCase()
                        .replace("-", "")
                        .replace('.', '_'))
                .collect(Collectors.toSet());
    }

    /** The chart adds 1 GiB beside heap, weights and KV cache; the engine asks for scratch and 200 MiB beside the heap. */
    @Test
    void theRestIsEnoughForTheLargestModelsScratch() {
        Hyperparameters config = new Hyperparameters(8192, 22016, 80, 64, 64, 128, 32000, 2048, 1e-5f, 10000);
        long scratchMib = Models.scratchBytes(config, 512, 32 + 64) >> 20;
        assertThat(scratchMib + 200).isLessThan(1024);
    }
}
