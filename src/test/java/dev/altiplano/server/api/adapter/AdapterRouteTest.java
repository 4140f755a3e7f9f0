package dev.altiplano.server.api.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.Family;
import dev.altiplano.server.OpenApi;
import dev.altiplano.server.TestServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Adapters come and go by the management port, and by nothing else. */
class AdapterRouteTest {

    private static final Path FOLDER = Family.FOLDER.resolve("adapters");

    @TempDir
    private Path folder;

    @Test
    void loadsAndUnloadsAnAdapter() throws Exception {
        Path adapters = Files.createDirectory(folder.resolve("adapters"));
        Files.createSymbolicLink(
                adapters.resolve("outside"), FOLDER.resolve("all").toAbsolutePath());
        Path legal = Files.createDirectory(adapters.resolve("legal"));
        for (String file : new String[] {"adapter_config.json", "adapter_model.safetensors"}) {
            Files.copy(FOLDER.resolve("all").resolve(file), legal.resolve(file));
        }
        Path recorded = folder.resolve("requests.jsonl");
        try (TestServer server = TestServer.ready(
                "--altiplano.api.record=" + recorded,
                "--altiplano.model.path=" + FOLDER.resolve("base"),
                "--altiplano.model.id=base",
                "--altiplano.model.aliases=gpt-4,*",
                "--altiplano.adapter-route.dir=" + adapters,
                "--altiplano.adapter-route.memory=1MB",
                "--management.server.port=0",
                "--management.server.address=127.0.0.1")) {
            String management = "http://127.0.0.1:"
                    + server.context().getEnvironment().getRequiredProperty("local.management.port");
            String load = management + AdapterServlet.LOAD;
            String legalPath = "{\"lora_name\": \"legal\", \"lora_path\": \"legal\"}";
            assertThat(server.post(AdapterServlet.LOAD, legalPath).statusCode())
                    .as("on the clients' port")
                    .isEqualTo(404);
            for (String wrong : new String[] {
                "outside",
                "..",
                "../adapters",
                ".",
                "none",
                FOLDER.toAbsolutePath().toString()
            }) {
                HttpResponse<String> refused =
                        post(load, "{\"lora_name\": \"legal\", \"lora_path\": \"" + wrong + "\"}");
                assertThat(TestServer.error(refused, 400).get("param").asString())
                        .as(wrong)
                        .isEqualTo("lora_path");
                assertThat(refused.body()).doesNotContain(folder.toString());
            }
            for (String taken : new String[] {"base", "gpt-4"}) {
                TestServer.error(post(load, "{\"lora_name\": \"" + taken + "\", \"lora_path\": \"legal\"}"), 400);
            }
            TestServer.error(post(load, "{\"lora_name\": \"legal\"}"), 400);
            TestServer.error(post(load, "{\"lora_nam\": \"legal\"}"), 400);

            OpenApi.check("LoadAdapterRequest", legalPath);
            double begin = System.currentTimeMillis() / 1000.0;
            HttpResponse<String> loaded = post(load, legalPath);
            assertThat(loaded.body()).isEqualTo("Success: LoRA adapter 'legal' added successfully.");
            assertThat(loaded.statusCode()).isEqualTo(200);
            String models = server.get("/v1/models").body();
            OpenApi.check("ModelList", models);
            assertThat(TestServer.JSON
                            .readTree(models)
                            .get("data")
                            .valueStream()
                            .map(each -> each.get("id").asString()))
                    .containsExactly("base", "gpt-4", "legal");
            String completion = "{\"model\":\"legal\",\"prompt\":[1,2,3],\"max_tokens\":4}";
            assertThat(server.complete(completion).get("model").asString()).isEqualTo("legal");
            assertThat(server.stream(completion.replace("}", ",\"stream\":true}"))
                            .getFirst()
                            .get("model")
                            .asString())
                    .isEqualTo("legal");
            assertThat(server.complete(completion.replace("legal", "gpt-4"))
                            .get("model")
                            .asString())
                    .isEqualTo("base");
            assertThat(embedding(server, "legal")).isNotEqualTo(embedding(server, "base"));
            Map<String, Set<String>> fingerprints = fingerprints(recorded, 5);
            assertThat(fingerprints)
                    .as("one for a model, whatever the endpoint")
                    .containsOnlyKeys("legal", "base")
                    .allSatisfy((model, told) -> assertThat(told).hasSize(1));
            assertThat(fingerprints.get("legal")).isNotEqualTo(fingerprints.get("base"));
            String series =
                    "vllm:lora_requests_info{max_lora=\"16\",running_lora_adapters=\"\",waiting_lora_adapters=\"\"} ";
            assertThat(get(management + "/actuator/prometheus").lines())
                    .filteredOn(line -> line.startsWith(series))
                    .singleElement()
                    .satisfies(line -> assertThat(Double.parseDouble(line.substring(series.length())))
                            .as("when it came to be so")
                            .isBetween(begin, System.currentTimeMillis() / 1000.0));
            TestServer.error(post(load, legalPath), 400);

            String unload = management + AdapterServlet.UNLOAD;
            OpenApi.check("UnloadAdapterRequest", "{\"lora_name\": \"legal\"}");
            assertThat(post(unload, "{\"lora_name\": \"legal\"}").statusCode()).isEqualTo(200);
            TestServer.error(post(unload, "{\"lora_name\": \"legal\"}"), 404);
            assertThat(server.get("/v1/models").body()).doesNotContain("\"legal\"");
        }
    }

    private static String embedding(TestServer server, String model) {
        HttpResponse<String> response =
                server.post("/v1/embeddings", "{\"model\":\"" + model + "\",\"input\":[1,2,3]}");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        JsonNode embeddings = TestServer.JSON.readTree(response.body());
        assertThat(embeddings.get("model").asString()).isEqualTo(model);
        return embeddings.at("/data/0/embedding").toString();
    }

    /** What {@code count} recorded answers say of the adapter that computed them, or of the model. */
    private static Map<String, Set<String>> fingerprints(Path recorded, int count) throws IOException {
        Awaitility.await().until(() -> Files.readAllLines(recorded).size() == count);
        Map<String, Set<String>> found = new HashMap<>();
        for (String line : Files.readAllLines(recorded)) {
            JsonNode answer = TestServer.JSON.readTree(line);
            found.computeIfAbsent(answer.path("adapter").asString("base"), model -> new HashSet<>())
                    .add(answer.path("fingerprint").asString());
        }
        return found;
    }

    @Test
    void needsAPortOfItsOwn() {
        assertThatThrownBy(() -> TestServer.listening("--altiplano.adapter-route.dir=" + folder))
                .hasStackTraceContaining("management.server.port");
    }

    private static HttpResponse<String> post(String address, String body) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(address))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    private static String get(String address) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(address)).build()).body();
    }

    private static HttpResponse<String> send(HttpRequest request) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        }
    }
}
