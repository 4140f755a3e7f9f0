package dev.altiplano.engine.checkpoint.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.checkpoint.Progress;
import java.io.IOException;
import java.net.Proxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models from a hub, played by a server on the loopback address: what is chosen, checked, continued and refused. */
final class HubFetchTest {

    private static final String COMMIT = HubServer.COMMIT;

    @TempDir
    private Path folder;

    private final Map<String, Fetch.Result> results = new LinkedHashMap<>();
    private HubServer server;

    @BeforeEach
    void start() throws IOException {
        server = new HubServer();
        server.put("config.json", "{}");
        server.put("tokenizer.json", "{\"a\": 1}");
        server.put("README.md", "not needed");
        server.put("additional_chat_templates/tool_use.jinja", "{{ tools }}");
        server.put("tekken.json", "not needed beside tokenizer.json");
        server.put("params.json", "not needed beside config.json");
        server.put("model-00001-of-00002.safetensors", "first part");
        server.put("model-00002-of-00002.safetensors", "second part");
        server.put("model.safetensors.index.json", "{\"weight_map\": {}}");
        server.put("pytorch_model.bin", "the same in another form");
        server.put("original/consolidated.00.pth", "and in another");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void bringsWhatTheModelNeedsAndNothingElse() throws Exception {
        fetch("secret");
        assertThat(names())
                .containsExactlyInAnyOrder(
                        "config.json",
                        "tokenizer.json",
                        "additional_chat_templates",
                        "model-00001-of-00002.safetensors",
                        "model-00002-of-00002.safetensors",
                        "model.safetensors.index.json");
        assertThat(folder.resolve("model-00002-of-00002.safetensors")).hasContent("second part");
        assertThat(folder.resolve("additional_chat_templates/tool_use.jinja")).hasContent("{{ tools }}");
        assertThat(server.requests())
                .filteredOn(request -> !request.startsWith("store"))
                .allMatch(it -> it.endsWith("Bearer secret"));
        assertThat(server.requests())
                .filteredOn(request -> request.startsWith("store"))
                .isNotEmpty()
                .allMatch(it -> it.endsWith("null"));
    }

    @Test
    void takesMistralsOwnFilesWhereThereAreNoOthers() throws Exception {
        server.close();
        server = new HubServer();
        server.put("params.json", "{}");
        server.put("tekken.json", "{}");
        server.put("consolidated.safetensors", "weights");
        fetch(null);
        assertThat(names()).containsExactlyInAnyOrder("params.json", "tekken.json", "consolidated.safetensors");
    }

    @Test
    void takesMetasFilesWhereThereAreNoOthers() throws Exception {
        server.clear();
        List<String> needed = List.of(
                "consolidated.00.pth",
                "consolidated.01.pth",
                "params.json",
                "tokenizer.model",
                "checklist.chk",
                "tokenizer_checklist.chk");
        for (String name : needed) {
            server.put(name, name);
        }
        server.put("config.json", "{}");
        server.put("LICENSE.txt", "not needed");
        server.put("consolidated.00.pth.md5", "not needed");
        fetch(null);
        assertThat(names()).containsExactlyInAnyOrderElementsOf(needed);
        fetch(null, "consolidated.*.pth");
        assertThat(results).containsOnlyKeys(needed);
        server.put("model.safetensors", "weights");
        fetch(null);
        assertThat(results).containsKeys("model.safetensors", "config.json").doesNotContainKey("consolidated.00.pth");
    }

    @Test
    void weightsOfMetasWithoutTheirParametersAreNone() {
        server.clear();
        server.put("config.json", "{}");
        server.put("consolidated.00.pth", "weights");
        assertThatThrownBy(() -> fetch(null))
                .isInstanceOf(FetchException.class)
                .hasMessageContaining("has no weights")
                .hasMessageContaining("params.json");
    }

    @Test
    void leavesAloneWhatIsThere() throws Exception {
        fetch(null);
        server.requests().clear();
        fetch(null);
        assertThat(results).containsEntry("config.json", Fetch.Result.PRESENT);
        assertThat(server.requests()).noneMatch(request -> request.contains(".safetensors "));
    }

    @Test
    void refusesAFileThatIsNotTheOneListed() {
        server.lie();
        assertThatThrownBy(() -> fetch(null)).isInstanceOf(FetchException.class).hasMessageContaining("deleted");
        assertThat(folder.resolve("config.json")).doesNotExist();
    }

    @Test
    void refusesAnExistingFileThatDiffers() throws Exception {
        Files.writeString(folder.resolve("config.json"), "[]");
        assertThatThrownBy(() -> fetch(null))
                .hasMessageContaining("config.json exists and is not the file that the hub lists");
        assertThat(folder.resolve("config.json")).hasContent("[]");
    }

    @Test
    void asksWhichOfSeveralGgufModels() throws Exception {
        server.clear();
        server.put("a-Q4_0.gguf", "four");
        server.put("a-Q8_0-00001-of-00002.gguf", "eight");
        server.put("a-Q8_0-00002-of-00002.gguf", "bits");
        assertThatThrownBy(() -> fetch(null))
                .hasMessageContaining("has 2 GGUF models; say which by include")
                .hasMessageContaining("a-Q4_0.gguf, a-Q8_0.gguf");
        fetch(null, "*Q8_0*.gguf");
        assertThat(names()).containsExactlyInAnyOrder("a-Q8_0-00001-of-00002.gguf", "a-Q8_0-00002-of-00002.gguf");
        assertThatThrownBy(() -> fetch(null, "*.gguf"))
                .hasMessageContaining("has 2 GGUF models that include fits; say which by include")
                .hasMessageContaining("a-Q4_0.gguf, a-Q8_0.gguf");
        assertThatThrownBy(() -> fetch(null, "*Q5*")).hasMessageContaining("has no file that include *Q5* fits");
    }

    @Test
    void leavesOutWhatReadsImagesBesideAGgufModel() throws Exception {
        server.clear();
        server.put("z-Q8_0.gguf", "eight");
        server.put("mmproj-Q8_0.gguf", "images");
        fetch(null, "*Q8_0.gguf");
        assertThat(results).containsOnlyKeys("z-Q8_0.gguf");
        fetch(null);
        assertThat(results).containsOnlyKeys("z-Q8_0.gguf");
    }

    @Test
    void takesAnAdapterOnlyWhereThereAreNoOtherWeights() throws Exception {
        server.put("adapter_model.safetensors", "left over");
        server.put("adapter_config.json", "{}");
        fetch(null);
        assertThat(results)
                .containsKeys("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors")
                .doesNotContainKey("adapter_model.safetensors");
        server.clear();
        server.put("adapter_config.json", "{}");
        server.put("adapter_model.bin", "in another form");
        server.put("adapter_model.safetensors", "weights");
        server.put("value_head.safetensors", "what was trained beside it");
        fetch(null);
        assertThat(results).containsOnlyKeys("adapter_config.json", "adapter_model.safetensors");
    }

    @Test
    void leavesOutNamesThatLeadOutOfTheFolder() throws Exception {
        server.put("../../evil.safetensors", "evil");
        fetch(null);
        assertThat(server.requests()).noneMatch(request -> request.contains("evil"));
    }

    @Test
    void readsAddresses() {
        Map<String, String> none = Map.of();
        assertThat(HubAddress.of("hf:meta-llama/Llama-2-7b@refs/pr/3", none).listing())
                .hasToString(
                        "https://huggingface.co/api/models/meta-llama/Llama-2-7b/revision/refs%2Fpr%2F3?blobs=true");
        assertThat(HubAddress.of("hf:a/b", Map.of("HF_ENDPOINT", "https://mirror.example/hub/"))
                        .file(COMMIT, "x y.bin"))
                .hasToString("https://mirror.example/hub/a/b/resolve/" + COMMIT + "/x%20y.bin");
        for (String wrong : List.of("hf:a", "hf:a/b/c", "hf:../b", "hf:a/b@", "hf:a/b@../../x")) {
            assertThatThrownBy(() -> HubAddress.of(wrong, none)).as(wrong).hasMessageContaining("write hf:OWNER/NAME");
        }
        assertThat(S3Address.https("s3://bucket/models/a b.gguf", Map.of("AWS_REGION", "eu-central-1")))
                .hasToString("https://s3.eu-central-1.amazonaws.com/bucket/models/a%20b.gguf");
    }

    @Test
    void goesThroughTheProxyThatTheEnvironmentNames() {
        FetchNetwork network = FetchNetwork.of(Map.of(
                "HTTPS_PROXY",
                "http://proxy.example:3128",
                "no_proxy",
                "localhost,.internal.example,10.0.0.1,192.168.*,*mirror"));
        assertThat(network.proxy(URI.create("https://hub.example/x")).address())
                .hasToString("proxy.example/<unresolved>:3128");
        for (String direct : List.of(
                "https://a.internal.example",
                "https://localhost",
                "https://10.0.0.1",
                "http://hub.example",
                "https://192.168.1.2",
                "https://my-mirror")) {
            assertThat(network.proxy(URI.create(direct))).as(direct).isEqualTo(Proxy.NO_PROXY);
        }
        assertThatThrownBy(() ->
                        FetchNetwork.of(Map.of("https_proxy", "socks5://x:1")).proxy(URI.create("https://a.b")))
                .hasMessageContaining("HTTPS_PROXY must be http://HOST:PORT");
        assertThatThrownBy(() -> FetchNetwork.of(
                        Map.of("SSL_CERT_FILE", folder.resolve("none.pem").toString())))
                .hasMessageContaining("SSL_CERT_FILE");
    }

    private void fetch(@Nullable String token, String... include) throws IOException, InterruptedException {
        HubAddress model = HubAddress.of("hf:owner/name", Map.of("HF_ENDPOINT", server.endpoint()));
        FetchRequest pattern = new FetchRequest(
                model.endpoint(),
                folder,
                "model",
                null,
                true,
                token,
                1 << 20,
                2,
                8,
                2,
                Duration.ofMillis(1),
                Duration.ofSeconds(10));
        HubFetch hub = new HubFetch(model, List.of(include), pattern, FetchNetwork.of(Map.of()));
        HubListing needed = hub.needed();
        assertThat(needed.commit()).isEqualTo(COMMIT);
        results.clear();
        for (HubListing.HubFile file : needed.files()) {
            results.put(file.path(), hub.fetch(needed.commit(), file, folder, Progress.NONE));
        }
    }

    private List<String> names() throws IOException {
        List<String> names = new ArrayList<>();
        try (var files = Files.newDirectoryStream(folder)) {
            files.forEach(file -> names.add(file.getFileName().toString()));
        }
        return names;
    }
}
