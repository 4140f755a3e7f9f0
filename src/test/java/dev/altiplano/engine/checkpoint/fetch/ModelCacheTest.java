package dev.altiplano.engine.checkpoint.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.checkpoint.Progress;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a service keeps of models that it fetched, and when it asks again. */
class ModelCacheTest {

    @TempDir
    private Path folder;

    @Test
    void keepsAHubsModelByItsCommit() throws Exception {
        try (HubServer hub = model()) {
            List<Long> done = new ArrayList<>();
            Path first = cache(List.of(), null)
                    .fetch(address(hub, "hf:owner/name"), (bytes, total) -> done.add(100 * bytes / total));
            assertThat(first).isEqualTo(folder.resolve("hub/owner/name/" + HubServer.COMMIT));
            assertThat(first.resolve("model.safetensors")).hasContent("weights");
            assertThat(first.resolve("README.md")).doesNotExist();
            assertThat(done).isSorted().endsWith(100L);

            hub.requests().clear();
            assertThat(cache(List.of(), null).fetch(address(hub, "hf:owner/name"), Progress.NONE))
                    .isEqualTo(first);
            assertThat(hub.requests()).as("which commit is it now?").hasSize(1);
        }
    }

    @Test
    void asksNobodyForACommitThatIsThere() throws Exception {
        HubServer hub = model();
        Path first = cache(List.of(), null).fetch(address(hub, "hf:owner/name"), Progress.NONE);
        hub.close();
        String commit = "hf:owner/name@" + HubServer.COMMIT;
        assertThat(cache(List.of(), null).fetch(address(hub, commit), Progress.NONE))
                .isEqualTo(first);
        assertThat(cache(List.of(), null).fetch(address(hub, "hf:owner/name"), Progress.NONE))
                .as("a hub that cannot be reached")
                .isEqualTo(first);
    }

    @Test
    void saysWhatIsNotThere() throws Exception {
        try (HubServer hub = model()) {
            assertThatThrownBy(() -> cache(List.of(), null).fetch(address(hub, "hf:owner/none"), Progress.NONE))
                    .isInstanceOf(FetchException.class)
                    .hasMessageContaining("there is no such file");
            Path first = cache(List.of(), null).fetch(address(hub, "hf:owner/name"), Progress.NONE);
            Files.writeString(first.resolve("model.safetensors"), "half");
            assertThatThrownBy(() -> cache(List.of(), null).fetch(address(hub, "hf:owner/name"), Progress.NONE))
                    .isInstanceOf(FetchException.class)
                    .hasMessageContaining("model.safetensors exists with the SHA-256");
        }
    }

    @Test
    void keepsOtherWeightsOfACommitApart() throws Exception {
        try (HubServer hub = new HubServer()) {
            hub.put("a-Q4_0.gguf", "four");
            hub.put("Q8_0/a-Q8_0.gguf", "eight");
            assertThatThrownBy(() -> cache(List.of(), null).fetch(address(hub, "hf:owner/name"), Progress.NONE))
                    .hasMessageContaining("say which by include");
            Path four = cache(List.of("*Q4_0.gguf"), null).fetch(address(hub, "hf:owner/name"), Progress.NONE);
            Path eight = cache(List.of("*Q8_0.gguf"), null).fetch(address(hub, "hf:owner/name"), Progress.NONE);
            assertThat(four).hasFileName("a-Q4_0.gguf").hasContent("four");
            assertThat(eight).hasFileName("a-Q8_0.gguf").hasContent("eight");
            assertThat(four.getParent()).isNotEqualTo(eight.getParent().getParent());
        }
    }

    @Test
    void goesOnWithAHubsModelThatWasCut() throws Exception {
        try (HubServer hub = model()) {
            hub.put("model.safetensors", "a long weight of several ranges");
            assertThatThrownBy(() -> cache(List.of(), null).fetch(address(hub, "hf:owner/name"), fails()))
                    .isInstanceOf(IllegalStateException.class);
            Path whole = cache(List.of(), null).fetch(address(hub, "hf:owner/name"), Progress.NONE);
            assertThat(whole.resolve("model.safetensors")).hasContent("a long weight of several ranges");
        }
    }

    @Test
    void keepsAFileByItsAddressWithoutTheSignature() throws Exception {
        byte[] file = "weights".getBytes(StandardCharsets.UTF_8);
        String sum = Sha256.of("weights");
        try (HostileServer server = new HostileServer(file, 1).doing(30, HostileServer.Mischief.HANG_UP)) {
            ModelAddress signed = ModelAddress.of(server.address() + "?signature=1", Map.of());
            assertThatThrownBy(() -> cache(List.of(), null).fetch(signed, Progress.NONE))
                    .hasMessageContaining("is http")
                    .hasMessageContaining("SHA-256")
                    .hasMessageNotContaining("signature");
            Path here = cache(List.of(), sum).fetch(signed, Progress.NONE);
            assertThat(here).hasFileName("file.bin").hasBinaryContent(file);
            server.requests().clear();
            assertThat(cache(List.of(), sum)
                            .fetch(ModelAddress.of(server.address() + "?signature=2", Map.of()), Progress.NONE))
                    .isEqualTo(here);
            assertThat(server.requests()).isEmpty();
            assertThatThrownBy(() -> cache(List.of(), "0".repeat(64)).fetch(signed, Progress.NONE))
                    .isInstanceOf(FetchException.class)
                    .hasMessageContaining(sum);
        }
    }

    @Test
    void keepsFilesApartThatTheQueryTells() {
        String plain = "https://files.example/download";
        assertThat(key(plain)).as("as it was before queries counted").isEqualTo(plain);
        assertThat(key(plain + "?id=A")).isEqualTo(key(plain + "?id=A")).isNotEqualTo(key(plain + "?id=B"));
        assertThat(key(plain + "?id=secret")).doesNotContain("secret");
        for (String signed : List.of(
                "X-Amz-Date=%s&X-Amz-Signature=%s",
                "X-Goog-Signature=%s",
                "AWSAccessKeyId=%s&Signature=%s&Expires=%s",
                "GoogleAccessId=%s&Signature=%s&Expires=%s",
                "Policy=%s&Signature=%s&Key-Pair-Id=%s",
                "sv=%s&se=%s&sp=%s&sr=%s&skoid=%s&sig=%s",
                "token=%s")) {
            String query = "?versionId=1&" + signed.replace("%s", "x");
            assertThat(key(plain + query)).isEqualTo(key(plain + "?versionId=1"));
            assertThat(key(plain + query.replace("=x", "=y"))).isEqualTo(key(plain + query));
            assertThat(key(plain + query.replace("=1", "=2"))).isNotEqualTo(key(plain + query));
        }
        assertThat(key(plain + "?sr=1")).as("nobody's signature").isNotEqualTo(key(plain + "?sr=2"));
    }

    private static String key(String address) {
        return ModelCache.key(URI.create(address), null);
    }

    @Test
    void findsPartsWhoseNamesAreWrittenWithEscapes() {
        assertThat(ModelCache.part(URI.create("https://h/my%20model-00001-of-00003.gguf?id=1"), 2))
                .hasToString("https://h/my%20model-00002-of-00003.gguf?id=1");
        String folder = "https://h:1/a-00001-of-00002.gguf/a-0000";
        assertThat(ModelCache.part(URI.create(folder + "1-of-00002.gguf"), 2)).hasToString(folder + "2-of-00002.gguf");
        assertThatThrownBy(() -> ModelCache.part(URI.create("https://h/a-%30%30001-of-00002.gguf"), 2))
                .hasMessageContaining("in escapes");
    }

    @Test
    void readsAddresses() {
        Map<String, String> none = Map.of();
        assertThat(ModelAddress.of("/models/7B", none)).isEqualTo(new ModelAddress.Local(Path.of("/models/7B")));
        assertThat(ModelAddress.of("models/7B", none)).isEqualTo(new ModelAddress.Local(Path.of("models/7B")));
        assertThat(ModelAddress.of("file:models/7B", none)).isEqualTo(new ModelAddress.Local(Path.of("models/7B")));
        assertThat(ModelAddress.of("file:///models/a%20b", none))
                .isEqualTo(new ModelAddress.Local(Path.of("/models/a b")));
        assertThat(ModelAddress.of("s3://bucket/7B.gguf", Map.of("AWS_ENDPOINT_URL", "https://store.example")))
                .isEqualTo(new ModelAddress.Remote(URI.create("https://store.example/bucket/7B.gguf")));
        assertThat(ModelAddress.of("https://models.example/a/7B.gguf?x=1", none).name())
                .isEqualTo("7B.gguf");
        assertThat(ModelAddress.of("https://models.example/a/7B.gguf?x=1", none))
                .hasToString("https://models.example/a/7B.gguf");
        assertThat(ModelAddress.of("hf:owner/name@v1", none).name()).isEqualTo("name");
        for (String wrong : List.of("gs://bucket/x", "hf:owner", "s3://b", "https:///x", "file://host/x")) {
            assertThatThrownBy(() -> ModelAddress.of(wrong, none)).as(wrong).isInstanceOf(FetchException.class);
        }
    }

    private HubServer model() throws IOException {
        HubServer hub = new HubServer();
        hub.put("config.json", "{}");
        hub.put("model.safetensors", "weights");
        hub.put("README.md", "not needed");
        return hub;
    }

    private static Progress fails() {
        return (done, total) -> {
            if (done > 2) {
                throw new IllegalStateException("killed");
            }
        };
    }

    private static ModelAddress address(HubServer hub, String text) {
        return ModelAddress.of(text, Map.of("HF_ENDPOINT", hub.endpoint()));
    }

    private ModelCache cache(List<String> include, @Nullable String sha256) {
        return new ModelCache(folder, include, sha256, Map.of());
    }
}
