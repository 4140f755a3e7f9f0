package dev.altiplano.engine.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.kernel.KvFormat;
import dev.altiplano.engine.load.weights.WeightPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which models are the same, and which are not. */
class ContentDigestTest {

    private static final Path MODEL = Path.of("src/test/resources/reference/hf-base");

    @TempDir
    private Path folder;

    private static String digest(Path path) {
        try (Checkpoint checkpoint = Checkpoints.open(path)) {
            return ContentDigest.of(
                    checkpoint,
                    WeightPlan.of(checkpoint, null),
                    KvFormat.F16,
                    CheckpointTokenizer.of(checkpoint.tokenizer()),
                    "");
        }
    }

    private Path copy(String name) throws IOException {
        Path copy = Files.createDirectory(folder.resolve(name));
        try (Stream<Path> files = Files.list(MODEL)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(file.getFileName().toString()));
            }
        }
        return copy;
    }

    @Test
    void aCopyIsTheSame() throws IOException {
        assertThat(digest(copy("same"))).isEqualTo(digest(MODEL));
    }

    /** A stream that was begun by the one would end elsewhere at the other. */
    @Test
    void anotherEndOfAnswersIsAnotherModel() throws IOException {
        Path other = copy("other");
        Files.writeString(other.resolve("generation_config.json"), "{\"bos_token_id\": 1, \"eos_token_id\": [2, 40]}");
        assertThat(digest(other)).isNotEqualTo(digest(MODEL));
    }
}
