package dev.altiplano.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.Altiplano;
import dev.altiplano.server.ServiceProcess;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.aot.AotDetector;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.SpringProperties;

/** The beans that the build wrote down, against those that a start finds, and the jar that holds them. */
class GeneratedBeansIT {

    private static final Path JAR = Path.of("target/altiplano.jar");

    @TempDir
    Path folder;

    @AfterEach
    void findBeansAgain() {
        SpringProperties.setProperty(AotDetector.AOT_ENABLED, null);
    }

    @Test
    void areThoseThatAStartFinds() {
        Set<String> found = beans(false);
        Set<String> generated = beans(true);
        assertThat(generated).hasSizeGreaterThan(100).isEqualTo(found);
    }

    /** All but Spring's own means of finding beans, and those for Jackson 2, which only tests have on their class path. */
    private static Set<String> beans(boolean generated) {
        SpringProperties.setProperty(AotDetector.AOT_ENABLED, String.valueOf(generated));
        SpringApplication application = new SpringApplication(Altiplano.class);
        application.setMainApplicationClass(Altiplano.class);
        try (ConfigurableApplicationContext context = application.run(
                "--server.port=0",
                "--server.address=127.0.0.1",
                "--logging.level.root=warn",
                "--altiplano.api.rehearsal=0",
                "--altiplano.engine.kv-cache-size=64MB")) {
            Set<String> names = new TreeSet<>(Arrays.asList(context.getBeanDefinitionNames()));
            names.removeIf(
                    name -> name.matches("org\\.springframework\\..*\\.internal[A-Z]\\w*") || name.contains("ackson2"));
            return names;
        }
    }

    @Test
    void areTakenByTheJar() throws Exception {
        try (ServiceProcess service = ServiceProcess.ofJar(JAR, folder)) {
            assertThat(service.log()).contains("Starting AOT-processed Altiplano");
            assertThat(service.metrics()).contains("altiplano_requests_total");
        }
    }

    @Test
    void areLeftWhereASettingAsksForOthers() throws Exception {
        try (ServiceProcess service = ServiceProcess.ofJar(
                JAR, folder, "--management.server.port=0", "--management.server.address=127.0.0.1")) {
            assertThat(service.log())
                    .contains("Starting Altiplano")
                    .containsPattern("(?s)Tomcat started on port.*Tomcat started on port");
        }
    }
}
