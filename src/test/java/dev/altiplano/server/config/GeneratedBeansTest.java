package dev.altiplano.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ClassPathResource;

/** Which settings let a start take the beans that the build wrote down; that these are the same is shown by GeneratedBeansIT. */
class GeneratedBeansTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "altiplano.model.path",
                "altiplano.api.keys-file",
                "logging.level.root",
                "java.class.path",
                "server.port",
                "server.ssl.bundle",
                "spring.ssl.bundle.pem.web.keystore.certificate",
                "spring.lifecycle.timeout-per-shutdown-phase"
            })
    void fitWhereNothingIsSetThatDecidesWhichThereAre(String name) {
        assertThat(fitWith(new MapPropertySource("commandLineArgs", Map.of(name, "x"))))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "management.server.port",
                "management.endpoints.web.exposure.include",
                "management.opentelemetry.tracing.export.otlp.endpoint",
                "server.forward-headers-strategy",
                "spring.threads.virtual.enabled",
                "spring.profiles.active",
                "spring.aot.enabled",
                "debug"
            })
    void doNotFitWhereSomethingElseOfSpringsIsSet(String name) {
        assertThat(fitWith(new MapPropertySource("commandLineArgs", Map.of(name, "x"))))
                .isFalse();
    }

    @Test
    void areDecidedByTheEnvironmentAsWell() {
        assertThat(fitWith(environment("SPRING_LIFECYCLE_TIMEOUTPERSHUTDOWNPHASE", "60s")))
                .isTrue();
        assertThat(fitWith(environment("ALTIPLANO_MODEL_PATH", "/models/7B"))).isTrue();
        assertThat(fitWith(environment("MANAGEMENT_SERVER_PORT", "8081"))).isFalse();
        assertThat(fitWith(environment("SPRING_APPLICATION_JSON", "{}"))).isFalse();
    }

    @Test
    void fitTheSettingsInsideTheJarAndNotTheSameFromElsewhere() throws Exception {
        ClassPathResource manual = new ClassPathResource("application.yaml");
        var loader = new YamlPropertySourceLoader();
        assertThat(fitWith(loader.load("Config resource '" + manual + "' via location 'classpath:/'", manual)
                        .getFirst()))
                .isTrue();
        assertThat(fitWith(loader.load("Config resource 'file [application.yaml]' via location 'file:./'", manual)
                        .getFirst()))
                .isFalse();
    }

    @Test
    void doNotFitSettingsThatCannotBeListed() {
        assertThat(fitWith(new PropertySource<>("remote", new Object()) {
                    @Override
                    public Object getProperty(String name) {
                        return null;
                    }
                }))
                .isFalse();
    }

    private static SystemEnvironmentPropertySource environment(String name, String value) {
        return new SystemEnvironmentPropertySource(
                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, Map.of(name, value));
    }

    private static boolean fitWith(PropertySource<?> source) {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .forEach(each -> environment.getPropertySources().remove(each.getName()));
        environment.getPropertySources().addLast(source);
        return GeneratedBeans.fit(environment);
    }
}
