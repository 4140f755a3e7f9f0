package dev.altiplano.engine.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.management.ThreadMXBean;
import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.Progress;
import dev.altiplano.engine.checkpoint.ReferenceFiles;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.content.JsonObject;
import dev.altiplano.engine.checkpoint.content.JsonReader;
import dev.altiplano.engine.checkpoint.verify.Verification;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Some two hundred damaged and hostile models: each is refused for what is wrong with it, quickly and cheaply. */
class MalformedTest {

    private static final Path FOLDER = ReferenceFiles.ROOT.resolve("malformed");
    private static final long MAX_ALLOCATED_BYTES = 8 << 20;

    /** What some messages must say: the reason, and not the first thing that happens to go wrong. */
    private static final Map<String, String> REASONS = Map.ofEntries(
            Map.entry("pth-truncated", "cut short"),
            Map.entry("pth-crc-data", "CRC-32"),
            Map.entry("pth-crc-field", "CRC-32"),
            Map.entry("pickle-os-system", "'os system'"),
            Map.entry("pickle-stack-global", "'os system'"),
            Map.entry("pickle-torch-prefix", "'torch.utils.collect_env run'"),
            Map.entry("pickle-dotted-name", "_rebuild_tensor_v2.__globals__"),
            Map.entry("pickle-ordereddict-build", "'os system'"),
            Map.entry("tensor-numel-overflow", "tok_embeddings.weight has a size"),
            Map.entry("tensor-negative-offset", "tok_embeddings.weight has an impossible view"),
            Map.entry("tensor-zero-stride-expand", "tok_embeddings.weight has an impossible view"),
            Map.entry("storage-key-traversal", "which the archive lacks"),
            Map.entry("zip-encrypted-flag", "encrypted"),
            Map.entry("state-missing-tensor", "lacks the tensor layers.0.attention.wo.weight"),
            Map.entry("state-fewer-layers", "lacks the tensor layers.1.attention.wq.weight"),
            Map.entry("shard-missing-no-checklist", "is a shard missing?"),
            Map.entry("shard-gap", "lacks consolidated.01.pth"),
            Map.entry("params-dim-null", "dim is null"),
            Map.entry("params-duplicate-key", "\"dim\" is given twice"),
            Map.entry("params-zero-multiple", "multiple_of is 0"),
            Map.entry("params-vocab-mismatch", "vocab_size is 512"),
            Map.entry("checklist-wrong-md5", "its MD5 is"),
            Map.entry("checklist-lists-missing-file", "lists consolidated.01.pth, which is missing"),
            Map.entry("kv-duplicate.gguf", "has the key llama.block_count twice"),
            Map.entry("big-endian.gguf", "big-endian"),
            Map.entry("tensor-type-removed.gguf", "tensor type 4"),
            Map.entry("tensor-q4-odd-row.gguf", "4 columns"),
            Map.entry("tensors-overlap.gguf", "overlaps"),
            Map.entry("st-hole", "there is a gap"),
            Map.entry("st-dtype-int", "is I16"),
            Map.entry("config-rope-scaling", "llama3"),
            Map.entry("index-traversal", "etc/passwd"));

    private static Path marker = Path.of("none");

    static Stream<JsonObject> models() {
        return ReferenceFiles.cases("malformed", "cases").stream()
                .filter(entry -> !entry.text("kind").equals("tokenizer"));
    }

    @BeforeAll
    static void findMarker() throws Exception {
        JsonObject manifest = JsonReader.readFile(FOLDER.resolve("manifest.json"), 1 << 20);
        marker = Path.of(manifest.text("marker_file_that_must_never_exist"));
        Files.deleteIfExists(marker);
        assertThatCode(() -> verify(FOLDER.resolve("control-pth"))).doesNotThrowAnyException();
    }

    @AfterAll
    static void noCodeRan() {
        assertThat(marker).doesNotExist();
    }

    @ParameterizedTest
    @MethodSource("models")
    void endsAsTheManifestSays(JsonObject model) {
        String name = model.text("name");
        Path path = FOLDER.resolve(model.text("path"));
        long before = allocatedBytes();
        Throwable thrown =
                Assertions.assertTimeout(Duration.ofSeconds(10), () -> catchThrowable(() -> verify(path)), name);
        assertThat(allocatedBytes() - before).as("allocated bytes").isLessThan(MAX_ALLOCATED_BYTES);
        assertThat(marker).doesNotExist();
        switch (model.text("expect")) {
            case "accept" -> assertThat(thrown).as(model.text("what")).isNull();
            case "reject" -> assertThat(thrown).as(model.text("what")).isInstanceOf(CheckpointException.class);
            default ->
                assertThat(thrown == null || thrown instanceof CheckpointException)
                        .isTrue();
        }
        if (thrown != null) {
            assertThat(thrown.getMessage())
                    .as(model.text("what"))
                    .contains(path.getFileName() + "")
                    .hasSizeGreaterThan(path.toString().length() + 12)
                    .hasSizeLessThan(600)
                    .contains(REASONS.getOrDefault(name, ""));
        }
    }

    private static void verify(Path path) {
        try (Checkpoint checkpoint = Checkpoints.open(path)) {
            Verification.vocabulary(checkpoint, 300);
            Verification.checksums(checkpoint.files(), Progress.NONE);
        }
    }

    private static long allocatedBytes() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }
}
