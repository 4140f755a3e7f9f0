package dev.altiplano.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.Altiplano;
import dev.altiplano.server.ServiceProcess;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.awaitility.Awaitility;
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
    void areTakenByTheJarWhichServesAll() throws Exception {
        try (ServiceProcess service = ServiceProcess.ofJar(JAR, folder);
                HttpClient client = HttpClient.newHttpClient()) {
            assertThat(service.log()).contains("Starting AOT-processed Altiplano");
            for (String path :
                    List.of("/", "/livez", "/v1/models", "/openapi.yaml", "/actuator/info", "/actuator/prometheus")) {
                assertThat(send(client, HttpRequest.newBuilder(service.uri(path)))
                                .statusCode())
                        .as(path)
                        .isEqualTo(200);
            }
            HttpResponse<String> stream =
                    complete(client, service, "{\"prompt\":\"Once\",\"max_tokens\":4,\"stream\":true}");
            assertThat(stream.body()).startsWith("data: {").endsWith("data: [DONE]\n\n");
            HttpResponse<String> refused = complete(client, service, "{\"prompt\":\"Once\",\"max_tokens\":-4}");
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(refused.body()).contains("\"error\"", "max_tokens");
            // A page is kept for 100 ms, and the rehearsal asks for it as well.
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> service.metrics().contains("altiplano_requests_total{outcome=\"length\"} 1.0"));
        }
    }

    private static HttpResponse<String> complete(HttpClient client, ServiceProcess service, String body)
            throws Exception {
        return send(
                client,
                HttpRequest.newBuilder(service.uri("/v1/completions"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private static HttpResponse<String> send(HttpClient client, HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
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
