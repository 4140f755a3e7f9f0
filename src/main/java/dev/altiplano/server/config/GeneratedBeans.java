package dev.altiplano.server.config;

import java.io.File;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.aot.AotDetector;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.system.ApplicationHome;
import org.springframework.context.ApplicationListener;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.SpringProperties;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;
import org.springframework.util.ClassUtils;

/**
 * Lets a start take the beans that the build wrote down as code (Spring's ahead-of-time processing), which spares it a good part
 * of the work. What was written down holds for the settings inside the jar, so a start does so only where nothing is set that
 * Spring might decide differently by. Every other start looks for its beans itself, with the same result.
 */
public final class GeneratedBeans implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {

    /** Spring's own settings: some of them decide which beans there are. Altiplano's never do. */
    private static final Set<String> DECIDING = Set.of("spring", "server", "management", "debug", "trace");

    /** Those of them that deployments set most, and that change no more than what a bean does. */
    private static final List<ConfigurationPropertyName> HARMLESS = Stream.of(
                    "server.address",
                    "server.port",
                    "server.ssl",
                    "spring.application.name",
                    "spring.application.pid",
                    "spring.application.version",
                    "spring.lifecycle.timeout-per-shutdown-phase",
                    "spring.ssl.bundle")
            .map(ConfigurationPropertyName::of)
            .toList();

    private static final String INSIDE_THE_JAR = "'class path resource [application.yaml]'";

    /** After all who add settings. */
    @Override
    public int getOrder() {
        return LOWEST_PRECEDENCE;
    }

    @Override
    public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
        Class<?> main = event.getSpringApplication().getMainApplicationClass();
        if (main != null && areThere(main) && fit(event.getEnvironment())) {
            SpringProperties.setFlag(AotDetector.AOT_ENABLED);
        }
    }

    /** Inside a jar they are of the same build as all else; in a folder of classes they may be left from an older one. */
    private static boolean areThere(Class<?> main) {
        File source = new ApplicationHome(main).getSource();
        return source != null
                && source.isFile()
                && ClassUtils.isPresent(main.getName() + "__ApplicationContextInitializer", main.getClassLoader());
    }

    /** Whether the build itself runs the application to write the beans down. */
    static boolean areBeingGenerated() {
        return Boolean.getBoolean(AbstractAotProcessor.AOT_PROCESSING);
    }

    /** Whether beans that were decided by the settings inside the jar are those that these settings ask for. */
    static boolean fit(ConfigurableEnvironment environment) {
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            boolean own = source.getUnderlyingSource() instanceof PropertySource<?> properties
                    && properties.getName().contains(INSIDE_THE_JAR);
            if (!own && decides(source)) {
                return false;
            }
        }
        return true;
    }

    private static boolean decides(ConfigurationPropertySource source) {
        if (source instanceof IterableConfigurationPropertySource names) {
            return names.stream().anyMatch(GeneratedBeans::decides);
        }
        return DECIDING.stream()
                .map(ConfigurationPropertyName::of)
                .anyMatch(name -> source.containsDescendantOf(name) != ConfigurationPropertyState.ABSENT);
    }

    private static boolean decides(ConfigurationPropertyName name) {
        return !name.isEmpty()
                && DECIDING.contains(name.getElement(0, Form.UNIFORM))
                && HARMLESS.stream().noneMatch(harmless -> harmless.equals(name) || harmless.isAncestorOf(name));
    }
}
