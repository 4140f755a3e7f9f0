package dev.altiplano.tool.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.altiplano.tool.console.ToolException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models from a hub, played by a server on the loopback address: what is chosen, checked, continued and refused. */
final class HubFetchTest {

    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    @TempDir
    private Path folder;

    private final Map<String, byte[]> repository = new LinkedHashMap<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final StringWriter out = new StringWriter();
    private HttpServer server;
    private boolean wrongSums;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/api/models/owner/name/revision/main", this::list);
        server.createContext("/owner/name/resolve/" + COMMIT + "/", exchange -> {
            // As hubs do, large files lie elsewhere.
            String path = exchange.getRequestURI().getPath();
            requests.add(path + " " + exchange.getRequestHeaders().getFirst("Authorization"));
            if (path.endsWith(".safetensors")) {
                exchange.getResponseHeaders()
                        .set(
                                "Location",
                                "http://localhost:" + server.getAddress().getPort() + "/store" + path);
                exchange.sendResponseHeaders(302, -1);
                exchange.close();
            } else {
                serve(exchange);
            }
        });
        server.createContext("/store/", exchange -> {
            requests.add("store " + exchange.getRequestHeaders().getFirst("Authorization"));
            serve(exchange);
        });
        server.start();
        put("config.json", "{}");
        put("tokenizer.json", "{\"a\": 1}");
        put("README.md", "not needed");
        put("model-00001-of-00002.safetensors", "first part");
        put("model-00002-of-00002.safetensors", "second part");
        put("model.safetensors.index.json", "{\"weight_map\": {}}");
        put("pytorch_model.bin", "the same in another form");
        put("original/consolidated.00.pth", "and in another");
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void bringsWhatTheModelNeedsAndNothingElse() throws Exception {
        fetch("secret");
        assertThat(names())
                .containsExactlyInAnyOrder(
                        "config.json",
                        "tokenizer.json",
                        "model-00001-of-00002.safetensors",
                        "model-00002-of-00002.safetensors",
                        "model.safetensors.index.json");
        assertThat(folder.resolve("model-00002-of-00002.safetensors")).hasContent("second part");
        assertThat(out.toString()).contains("hf:owner/name@main is commit " + COMMIT + ": 5 files");
        assertThat(requests)
                .filteredOn(request -> !request.startsWith("store"))
                .allMatch(it -> it.endsWith("Bearer secret"));
        assertThat(requests)
                .filteredOn(request -> request.startsWith("store"))
                .isNotEmpty()
                .allMatch(it -> it.endsWith("null"));
    }

    @Test
    void leavesAloneWhatIsThere() throws Exception {
        fetch(null);
        requests.clear();
        fetch(null);
        assertThat(out.toString()).contains("config.json: there already");
        assertThat(requests).noneMatch(request -> request.contains(".safetensors "));
    }

    @Test
    void refusesAFileThatIsNotTheOneListed() {
        wrongSums = true;
        assertThatThrownBy(() -> fetch(null)).isInstanceOf(ToolException.class).hasMessageContaining("deleted");
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
        repository.clear();
        put("a-Q4_0.gguf", "four");
        put("a-Q8_0-00001-of-00002.gguf", "eight");
        put("a-Q8_0-00002-of-00002.gguf", "bits");
        assertThatThrownBy(() -> fetch(null))
                .hasMessageContaining("has 2 GGUF models; say which by --include")
                .hasMessageContaining("a-Q4_0.gguf, a-Q8_0.gguf");
        fetch(null, "*Q8_0*.gguf");
        assertThat(names()).containsExactlyInAnyOrder("a-Q8_0-00001-of-00002.gguf", "a-Q8_0-00002-of-00002.gguf");
        assertThatThrownBy(() -> fetch(null, "*Q5*")).hasMessageContaining("has no file that --include *Q5* fits");
    }

    @Test
    void leavesOutNamesThatLeadOutOfTheFolder() throws Exception {
        put("../../evil.safetensors", "evil");
        fetch(null);
        assertThat(requests).noneMatch(request -> request.contains("evil"));
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
        FetchNetwork network = FetchNetwork.of(
                Map.of("HTTPS_PROXY", "http://proxy.example:3128", "no_proxy", "localhost,.internal.example,10.0.0.1"));
        assertThat(network.proxy(URI.create("https://hub.example/x")).address())
                .hasToString("proxy.example/<unresolved>:3128");
        for (String direct :
                List.of("https://a.internal.example", "https://localhost", "https://10.0.0.1", "http://hub.example")) {
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
        HubAddress model = HubAddress.of(
                "hf:owner/name",
                Map.of("HF_ENDPOINT", "http://127.0.0.1:" + server.getAddress().getPort()));
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
        new HubFetch(model, List.of(include), pattern, FetchNetwork.of(Map.of()))
                .run(new PrintWriter(out, true), new PrintWriter(new StringWriter()));
    }

    private void put(String name, String content) {
        repository.put(name, content.getBytes(StandardCharsets.UTF_8));
    }

    private List<String> names() throws IOException {
        List<String> names = new ArrayList<>();
        try (var files = Files.newDirectoryStream(folder)) {
            files.forEach(file -> names.add(file.getFileName().toString()));
        }
        return names;
    }

    private void list(HttpExchange exchange) throws IOException {
        requests.add("list " + exchange.getRequestHeaders().getFirst("Authorization"));
        String siblings = repository.entrySet().stream()
                .map(file -> entry(file.getKey(), file.getValue()))
                .collect(Collectors.joining(","));
        byte[] json =
                ("{\"sha\": \"" + COMMIT + "\", \"siblings\": [" + siblings + "]}").getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, json.length);
        exchange.getResponseBody().write(json);
        exchange.close();
    }

    private String entry(String name, byte[] content) {
        boolean large = name.endsWith(".safetensors");
        byte[] summed = wrongSums ? new byte[content.length] : content;
        return "{\"rfilename\": \"" + name + "\", \"size\": " + content.length
                + (large
                        ? ", \"lfs\": {\"sha256\": \"" + sum("SHA-256", new byte[0], summed) + "\", \"size\": "
                                + content.length + "}}"
                        : ", \"blobId\": \""
                                + sum(
                                        "SHA-1",
                                        ("blob " + content.length + "\0").getBytes(StandardCharsets.US_ASCII),
                                        summed)
                                + "\"}");
    }

    private static String sum(String algorithm, byte[] head, byte[] content) {
        try {
            MessageDigest digest = MessageDigest.getInstance(algorithm);
            digest.update(head);
            return HexFormat.of().formatHex(digest.digest(content));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private void serve(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        byte[] content = repository.get(path.substring(path.indexOf(COMMIT) + COMMIT.length() + 1));
        String[] range =
                exchange.getRequestHeaders().getFirst("Range").substring(6).split("-");
        int first = Integer.parseInt(range[0]);
        int end = (int) Math.min(content.length, Long.parseLong(range[1]) + 1);
        exchange.getResponseHeaders().set("ETag", "\"1\"");
        exchange.getResponseHeaders().set("Content-Range", "bytes " + first + "-" + (end - 1) + "/" + content.length);
        exchange.sendResponseHeaders(206, end - first);
        exchange.getResponseBody().write(Arrays.copyOfRange(content, first, end));
        exchange.close();
    }
}
