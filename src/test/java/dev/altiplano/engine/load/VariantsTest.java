package dev.altiplano.engine.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.ReferenceFiles;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.content.JsonObject;
import dev.altiplano.engine.checkpoint.tensor.Tensor;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Twenty-five containers of one tiny model: what may be refused is refused with its reason, all others hold its weights. */
class VariantsTest {

    private static final Map<String, String> REFUSED = Map.of(
            "variants/deflated-zip", "is compressed",
            "variants/legacy-pickle", "is not a zip archive");

    static Stream<JsonObject> variants() {
        return ReferenceFiles.cases("variants", "variants").stream();
    }

    @ParameterizedTest
    @MethodSource("variants")
    void opensOrSaysWhyNot(JsonObject variant) {
        String path = variant.text("path");
        if (REFUSED.containsKey(path)) {
            assertThat(variant.text("expect")).isEqualTo("accept_or_reject");
            assertThatThrownBy(() -> Checkpoints.open(ReferenceFiles.ROOT.resolve(path)))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining(REFUSED.get(path));
            return;
        }
        try (Checkpoint plain = Checkpoints.open(ReferenceFiles.ROOT.resolve("variants/plain"));
                Checkpoint checkpoint = Checkpoints.open(ReferenceFiles.ROOT.resolve(path))) {
            assertThat(checkpoint.hyperparameters())
                    .usingRecursiveComparison()
                    .ignoringFields("contextLength")
                    .isEqualTo(plain.hyperparameters());
            assertThat(checkpoint.tensors()).hasSize(12);
            if (variant.text("last_logits").equals("logits-0")) {
                for (Tensor tensor : plain.tensors()) {
                    assertThat(ReferenceFiles.widened(checkpoint.tensor(tensor.name())))
                            .as(tensor.name())
                            .isEqualTo(ReferenceFiles.widened(tensor));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void notesWhatItLeavesAside(JsonObject variant) {
        String path = variant.text("path");
        if (path.endsWith("extra-tensor") || path.endsWith("params-extra-keys")) {
            try (Checkpoint checkpoint = Checkpoints.open(ReferenceFiles.ROOT.resolve(path))) {
                assertThat(checkpoint.notes())
                        .singleElement()
                        .asString()
                        .containsAnyOf("some.other.tensor", "x_comment");
            }
        }
    }
}
