package dev.altiplano.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.server.TestServer;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;

/** TLS from PEM files, management on a port of its own, and structured logs with the trace of a request, all by settings. */
@ExtendWith(OutputCaptureExtension.class)
class TransportTest {

    private static final String KEY = "web-0123456789abcdef";
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    private Path folder;

    private HttpClient client = HttpClient.newHttpClient();

    @Test
    void worksOverTlsWithManagementElsewhere(CapturedOutput log) throws Exception {
        KeyStore store = selfSigned();
        Path certificate =
                pem("tls.crt", "CERTIFICATE", store.getCertificate("a").getEncoded());
        Path privateKey =
                pem("tls.key", "PRIVATE KEY", store.getKey("a", PASSWORD).getEncoded());
        Path keys = Files.writeString(folder.resolve("keys"), "web " + KEY + "\n");
        client = HttpClient.newBuilder().sslContext(trusting(store)).build();
        LoggingSystem logging = LoggingSystem.get(getClass().getClassLoader());
        // A service that runs already has set the format; each process has one.
        logging.cleanUp();
        try (TestServer server = TestServer.ready(
                "--altiplano.api.keys-file=" + keys,
                "--spring.ssl.bundle.pem.web.keystore.certificate=" + certificate,
                "--spring.ssl.bundle.pem.web.keystore.private-key=" + privateKey,
                "--server.ssl.bundle=web",
                "--management.server.port=0",
                "--management.server.address=127.0.0.1",
                "--management.endpoints.web.exposure.include=*",
                "--management.endpoint.env.show-values=always",
                "--logging.level.dev.altiplano.requests=info",
                "--logging.level.dev.altiplano.server.lifecycle=info",
                "--logging.structured.format.console=ecs")) {
            String main = "https://127.0.0.1:" + server.port;
            // Unless told otherwise, it has the main port's certificate.
            String management = "https://127.0.0.1:"
                    + server.context().getEnvironment().getRequiredProperty("local.management.port");
            assertThat(management).doesNotEndWith(":" + server.port);

            assertThat(complete(main, false).statusCode()).isEqualTo(401);
            HttpResponse<String> completion = complete(main, true);
            assertThat(completion.statusCode()).as(completion.body()).isEqualTo(200);
            assertThat(completion.body()).contains("text_completion");
            for (String open : new String[] {"/livez", "/readyz"}) {
                assertThat(get(main + open, false).statusCode()).as(open).isEqualTo(200);
            }
            assertThat(get(main + "/metrics", true).statusCode()).isEqualTo(404);
            assertThat(get(main + "/actuator/info", true).statusCode()).isEqualTo(404);

            assertThat(get(management + "/actuator/health/readiness", false).statusCode())
                    .isEqualTo(200);
            assertThat(get(management + "/actuator/prometheus", false).statusCode())
                    .isEqualTo(200);
            for (String shut : new String[] {"/actuator/info", "/actuator", "/actuator/env", "/v1/models", "/error"}) {
                HttpResponse<String> refused = get(management + shut, false);
                assertThat(TestServer.error(refused, 401).get("code").asString())
                        .as(shut)
                        .isEqualTo("invalid_api_key");
            }
            for (String shown : new String[] {"/actuator/info", "/actuator/env", "/actuator/configprops"}) {
                HttpResponse<String> answer = get(management + shown, true);
                assertThat(answer.statusCode()).as(shown).isEqualTo(200);
                assertThat(answer.body()).as(shown).doesNotContain(KEY);
            }
            assertThat(get(management + "/v1/models", true).statusCode()).isEqualTo(404);

            Awaitility.await().until(() -> log.getOut().contains("outcome=length"));
            assertThat(log.getOut()).contains("curl -N ").contains(" " + main + "/v1/completions ");
            JsonNode line = log.getOut()
                    .lines()
                    .filter(each -> each.contains("outcome=length"))
                    .map(TestServer.JSON::readTree)
                    .findFirst()
                    .orElseThrow();
            assertThat(line.at("/log/logger").asString()).isEqualTo("dev.altiplano.requests");
            assertThat(line.at("/trace/id").asString()).as(line.toString()).isEqualTo(TRACE);
            assertThat(line.at("/outcome").asString()).isEqualTo("length");
            assertThat(line.at("/key").asString()).isEqualTo("web");
            assertThat(line.at("/client/address").asString()).isEqualTo("127.0.0.1");
            assertThat(line.at("/completion_tokens").asInt()).isPositive();
            for (String figure : new String[] {
                "prompt_tokens", "cached_tokens", "drafted_tokens", "accepted_tokens", "queue_ms", "ttft_ms", "total_ms"
            }) {
                assertThat(line.path(figure).isNumber()).as(figure).isTrue();
            }
            assertThat(line.at("/message").asString()).contains("key=web trace_id=" + TRACE);
        } finally {
            System.clearProperty("CONSOLE_LOG_STRUCTURED_FORMAT");
            logging.cleanUp();
            client.close();
        }
        assertThat(log.getAll()).doesNotContain(KEY);
    }

    private HttpResponse<String> complete(String base, boolean withKey) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + "/v1/completions"))
                .header("Content-Type", "application/json")
                .header("traceparent", "00-" + TRACE + "-b7ad6b7169203331-01")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"prompt\":\"Once\",\"max_tokens\":5,\"ignore_eos\":true}"));
        return send(request, withKey);
    }

    private HttpResponse<String> get(String url, boolean withKey) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(url)), withKey);
    }

    private HttpResponse<String> send(HttpRequest.Builder request, boolean withKey) throws Exception {
        if (withKey) {
            request.header("Authorization", "Bearer " + KEY);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    }

    private KeyStore selfSigned() throws Exception {
        Path file = folder.resolve("keys.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "a",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        new String(PASSWORD))
                .inheritIO()
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        return store;
    }

    private static SSLContext trusting(KeyStore store) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("a", store.getCertificate("a"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private Path pem(String name, String type, byte[] der) throws Exception {
        return Files.writeString(
                folder.resolve(name),
                "-----BEGIN " + type + "-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + type
                        + "-----\n");
    }
}
