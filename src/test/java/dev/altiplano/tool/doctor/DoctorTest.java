package dev.altiplano.tool.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.server.TestServer;
import dev.altiplano.tool.Commands;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class DoctorTest {

    private static final String SECRET = "s3cr3tS3cr3t";

    @Test
    void tellsMachineModelBackendAndService() {
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text, true);
        int status = Commands.run(
                out,
                out,
                "doctor",
                "src/test/resources/reference/base-mp1",
                "--json",
                "--base-url",
                TestServer.shared().uri("").toString());
        assertThat(status).isZero();
        JsonNode report = TestServer.JSON.readTree(text.toString());
        assertThat(report.propertyNames())
                .containsExactly("program", "machine", "limits", "java", "settings", "model", "backend", "service");
        assertThat(report.path("model").path("format").asString()).isEqualTo("META");
        assertThat(report.path("model").path("file params.json").asString()).contains("changed");
        assertThat(report.path("backend").path("used").asString()).isNotEmpty();
        JsonNode service = report.path("service");
        assertThat(service.path("/actuator/info model.fingerprint").asString()).matches("fp_[0-9a-f]{8}");
        assertThat(service.path("/actuator/health/readiness status").asString()).isEqualTo("UP");
        assertThat(service.path("altiplano_requests_total{outcome=\"error\"}").asString())
                .isNotEmpty();
    }

    @Test
    void whatCannotBeFoundOutIsTold() {
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text, true);
        assertThat(Commands.run(out, out, "doctor", "/no/such/model", "--base-url", "http://127.0.0.1:1"))
                .isZero();
        assertThat(text.toString()).contains("/no/such/model", "problem", "machine", "limits", "java");
    }

    @Test
    void noSecretAppears(@TempDir Path folder) throws IOException {
        Files.writeString(
                folder.resolve("application.yaml"),
                "server.ssl.key-store-password: " + SECRET + "\nspring:\n  datasource:\n    password: " + SECRET
                        + "\naltiplano:\n  engine:\n    max-batch-tokens: 128\n");
        Map<String, String> environment = new TreeMap<>(Map.of(
                "HF_TOKEN", "hf_" + SECRET,
                "AWS_SECRET_ACCESS_KEY", SECRET,
                "AWS_SESSION_TOKEN", SECRET,
                "SERVER_SSL_KEYSTOREPASSWORD", SECRET,
                "HTTPS_PROXY", "http://user:" + SECRET + "@proxy:3128",
                "JDK_JAVA_OPTIONS", "-Xmx1g -Djavax.net.ssl.trustStorePassword=" + SECRET + " -Dmy.token=" + SECRET,
                "SPRING_APPLICATION_JSON", "{\"a\":\"" + SECRET + "\"}",
                "ALTIPLANO_MODEL_PATH", "https://models.example/7B.gguf?X-Amz-Signature=" + SECRET,
                "MY_OWN", SECRET));
        environment.put("ALTIPLANO_API_KEYSFILE", "/etc/altiplano/keys/keys");
        environment.put("ALTIPLANO_ENGINE_MAXBATCHTOKENS", "512");
        Report report = new Report();
        SettingFacts facts = new SettingFacts(environment, folder);
        report.section("settings", facts::settings);
        report.section("java", facts::java);
        report.section("model", to -> ModelFacts.model(environment.get("ALTIPLANO_MODEL_PATH"), to));
        report.section("wrong", to -> {
            throw new IOException("https://user:" + SECRET + "@host said: Authorization: Bearer " + SECRET);
        });
        for (boolean json : List.of(true, false)) {
            StringWriter text = new StringWriter();
            PrintWriter out = new PrintWriter(text, true);
            if (json) {
                report.printJson(out);
            } else {
                report.printText(out);
            }
            assertThat(text.toString())
                    .doesNotContain(SECRET)
                    .contains(
                            "/etc/altiplano/keys/keys", "512", "128", "-Xmx1g", "proxy:3128", "models.example/7B.gguf");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "HF_TOKEN | hf_abcdefghijkl | ***",
                "HF_TOKEN_PATH | /run/token | /run/token",
                "ALTIPLANO_QUEUE_TOKENS | 1048576 | 1048576",
                "spring.cloud.api-key | abc | ***",
                "flags | -Dx.password=a -Xmx1g | -Dx.password=*** -Xmx1g",
                "flags | --altiplano.api.keys-file=/etc/k | --altiplano.api.keys-file=/etc/k",
                "flags | -Daltiplano.queue.tokens=5 | -Daltiplano.queue.tokens=5",
                "problem | token: abc | token: ***",
                "file: a.password | a b | ***"
            })
    void masks(String name, String value, String told) {
        assertThat(Secrets.maskedSetting(name, value)).isEqualTo(told);
    }
}
