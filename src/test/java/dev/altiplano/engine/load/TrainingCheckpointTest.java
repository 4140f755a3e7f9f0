package dev.altiplano.engine.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.ReferenceFiles;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.tensor.Tensor;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What training scripts save: weights beside an optimizer, names with the prefixes of wrappers. */
final class TrainingCheckpointTest {

    private static final Path FOLDER = ReferenceFiles.ROOT.resolve("training");

    @ParameterizedTest
    @ValueSource(strings = {"wrapped", "sharded-names", "lightning", "beside-a-figure", "wrapped-inside"})
    void hasTheWeightsOfThePlainFile(String name) {
        try (Checkpoint plain = Checkpoints.open(ReferenceFiles.ROOT.resolve("variants/plain"));
                Checkpoint checkpoint = Checkpoints.open(FOLDER.resolve(name))) {
            assertThat(checkpoint.tensors()).hasSameSizeAs(plain.tensors());
            for (Tensor tensor : plain.tensors()) {
                assertThat(ReferenceFiles.bytes(checkpoint.tensor(tensor.name())))
                        .as(tensor.name())
                        .isEqualTo(ReferenceFiles.bytes(tensor));
            }
        }
    }

    @Test
    void executesNothingThatLiesBesideTheWeights() {
        assertThatThrownBy(() -> Checkpoints.open(FOLDER.resolve("hostile-optimizer")))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("'posix system'")
                .hasMessageContaining("Save the state dict alone");
        assertThat(Path.of("/tmp/llama_reference_pwned")).doesNotExist();
    }
}
