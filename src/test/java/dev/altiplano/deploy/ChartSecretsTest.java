package dev.altiplano.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.marcnuri.helm.DryRun;
import com.marcnuri.helm.Helm;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An installation that names secrets, on a cluster that has one: {@code keys}, with a key of the same name. */
class ChartSecretsTest {

    private static final String GROUP_VERSION = "{\"groupVersion\":\"apps/v1\",\"version\":\"v1\"}";
    private static final Map<String, String> CLUSTER = Map.of(
            "/version",
            "{\"major\":\"1\",\"minor\":\"35\",\"gitVersion\":\"v1.35.0\"}",
            "/api",
            "{\"kind\":\"APIVersions\",\"versions\":[\"v1\"]}",
            "/apis",
            "{\"kind\":\"APIGroupList\",\"apiVersion\":\"v1\",\"groups\":[{\"name\":\"apps\",\"versions\":["
                    + GROUP_VERSION + "],\"preferredVersion\":" + GROUP_VERSION + "}]}",
            "/api/v1",
            "{\"kind\":\"APIResourceList\",\"groupVersion\":\"v1\",\"resources\":[" + resource("secrets", "Secret")
                    + ","
                    + resource("services", "Service") + "," + resource("serviceaccounts", "ServiceAccount") + ","
                    + resource("pods", "Pod") + "," + resource("configmaps", "ConfigMap") + "]}",
            "/apis/apps/v1",
            "{\"kind\":\"APIResourceList\",\"apiVersion\":\"v1\",\"groupVersion\":\"apps/v1\",\"resources\":["
                    + resource("deployments", "Deployment") + "]}",
            "/api/v1/namespaces/serving/secrets",
            "{\"kind\":\"SecretList\",\"apiVersion\":\"v1\",\"metadata\":{},\"items\":[{\"kind\":\"Secret\",\"apiVersion\":\"v1\","
                    + "\"metadata\":{\"name\":\"keys\",\"namespace\":\"serving\"},\"data\":{\"keys\":\"YQ==\"}}]}");

    private static final String SECRETS = "/api/v1/namespaces/serving/secrets";
    private static final String NO_SECRETS =
            "{\"kind\":\"SecretList\",\"apiVersion\":\"v1\",\"metadata\":{},\"items\":[]}";

    @TempDir
    private Path folder;

    private HttpServer cluster;
    private volatile boolean empty;

    private static String resource(String name, String kind) {
        return "{\"name\":\"" + name + "\",\"kind\":\"" + kind + "\",\"namespaced\":true,\"verbs\":[\"get\",\"list\"]}";
    }

    @BeforeEach
    void start() throws IOException {
        cluster = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        cluster.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath();
            String text = empty && path.equals(SECRETS)
                    ? NO_SECRETS
                    : CLUSTER.getOrDefault(
                            path,
                            "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"reason\":\"NotFound\",\"code\":404}");
            byte[] answer = text.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(CLUSTER.containsKey(path) ? 200 : 404, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        cluster.start();
    }

    @AfterEach
    void stop() {
        cluster.stop(0);
    }

    @Test
    void oneThatIsNotThereIsRefused() {
        assertThatThrownBy(() -> install("apiKeys: {existingSecret: none}\ntests: {enabled: false}"))
                .hasMessageContaining(
                        "apiKeys.existingSecret is none, and there is no such secret in namespace serving:"
                                + " create it first, with the key keys");
    }

    @Test
    void oneWithoutTheKeyIsRefused() {
        assertThatThrownBy(() -> install("apiKeys: {existingSecret: keys}\ntests: {apiKeySecret: {name: keys}}"))
                .hasMessageContaining("tests.apiKeySecret.name is keys, and that secret has no key key: it has keys");
    }

    @Test
    void oneThatIsThereOrThatTheReleaseMakesIsTaken() throws IOException {
        assertThat(install("apiKeys: {existingSecret: keys}\ntests: {enabled: false}"))
                .contains("Altiplano 0.1.0 serves demo");
        assertThat(install(
                        "apiKeys: {existingSecret: made}\ntests: {enabled: false}\nextraObjects: [{apiVersion: v1, kind: Secret,"
                                + " metadata: {name: made}, data: {keys: YQ==}}]"))
                .contains("Altiplano 0.1.0 serves demo");
    }

    /** As where the kinds of a cluster are only named (Argo CD's {@code --api-versions v1/Secret}): Helm finds nothing then. */
    @Test
    void anEmptyListSaysNothing() throws IOException {
        empty = true;
        assertThat(install("apiKeys: {existingSecret: none}\ntests: {enabled: false}"))
                .contains("Altiplano 0.1.0 serves demo");
    }

    /** What an installation says that asks the cluster and changes nothing. */
    private String install(String values) throws IOException {
        Path config = Files.writeString(folder.resolve("cluster.yaml"), """
                apiVersion: v1
                kind: Config
                clusters: [{name: c, cluster: {server: "http://127.0.0.1:%d"}}]
                users: [{name: u, user: {}}]
                contexts: [{name: x, context: {cluster: c, user: u}}]
                current-context: x
                """.formatted(
                        cluster.getAddress().getPort()));
        return new Helm(Chart.FOLDER)
                .install()
                .withName("llama")
                .withNamespace("serving")
                .withKubeConfig(config)
                .withValuesFile(Files.writeString(folder.resolve("values.yaml"), values))
                .disableOpenApiValidation()
                .dryRun()
                .withDryRunOption(DryRun.SERVER)
                .call()
                .getOutput();
    }
}
