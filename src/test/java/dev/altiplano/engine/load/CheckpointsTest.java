package dev.altiplano.engine.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.CheckpointFormat;
import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.checkpoint.ReferenceFiles;
import dev.altiplano.engine.checkpoint.TokenizerData;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.tensor.Tensor;
import dev.altiplano.engine.checkpoint.tensor.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointsTest {

    @ParameterizedTest
    @ValueSource(strings = {"base-mp2", "base-mp4", "hf-base", "gguf/base-f32.gguf", "gguf/base-f16.gguf"})
    void everyFormOfTheBaseModelHasTheSameWeights(String other) {
        assertSameModel("base-mp1", other);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gqa-mp2", "gqa-mp2-vocabsplit", "hf-gqa", "gguf/gqa-bf16.gguf"})
    void everyFormOfTheGroupedModelHasTheSameWeights(String other) {
        assertSameModel("gqa-mp1", other);
    }

    @Test
    void readsTheShapeOfTheBaseModel() {
        try (Checkpoint checkpoint = open("base-mp2")) {
            assertThat(checkpoint.format()).isEqualTo(CheckpointFormat.META);
            assertThat(checkpoint.hyperparameters())
                    .isEqualTo(new Hyperparameters(64, 192, 2, 4, 4, 16, 512, 2048, 1e-6f, 10000));
            assertThat(checkpoint.tokenizer())
                    .isEqualTo(new TokenizerData.ModelFile(
                            ReferenceFiles.ROOT.resolve("tokenizer.model").toAbsolutePath()));
            assertThat(checkpoint.tensor("blk.1.ffn_down.weight").type()).isEqualTo(TensorType.F16);
        }
    }

    @Test
    void readsTheShapeOfTheGroupedModel() {
        try (Checkpoint checkpoint = open("hf-gqa")) {
            assertThat(checkpoint.hyperparameters())
                    .isEqualTo(new Hyperparameters(64, 224, 2, 4, 2, 16, 512, 2048, 1e-5f, 500000));
        }
        try (Checkpoint checkpoint = open("gqa-mp1")) {
            assertThat(checkpoint.hyperparameters().contextLength()).isEqualTo(8192);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"base-mixed", "base-q4_0", "base-q8_0", "kq-q2_q3_q5", "kq-q4_k_m", "base-f32", "gqa-bf16"})
    void opensEveryGguf(String name) {
        try (Checkpoint checkpoint = open("gguf/" + name + ".gguf")) {
            Hyperparameters h = checkpoint.hyperparameters();
            assertThat(checkpoint.tensors()).hasSize(3 + 9 * h.layers());
            for (Tensor tensor : checkpoint.tensors()) {
                assertThat(ReferenceFiles.bytes(tensor)).hasSize((int) tensor.byteSize());
            }
            assertThat(checkpoint.tokenizer()).isInstanceOfSatisfying(TokenizerData.Pieces.class, pieces -> {
                assertThat(pieces.pieces()).hasSize(h.vocabularySize()).startsWith("<unk>", "<s>", "</s>", "<0x00>");
                assertThat(pieces.kinds()).startsWith(2, 3, 3, 6);
                assertThat(pieces.bos()).isEqualTo(1);
                assertThat(pieces.eos()).isEqualTo(2);
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"base-mp1", "base-mp4", "gqa-mp2-vocabsplit", "hf-gqa", "variants/transposed-strides"})
    void readsRowsInPiecesAsInOneGo(String name) {
        try (Checkpoint checkpoint = open(name);
                Arena arena = Arena.ofConfined()) {
            for (Tensor tensor : checkpoint.tensors()) {
                byte[] whole = ReferenceFiles.bytes(tensor);
                long rowBytes = tensor.rowBytes();
                for (int step : new int[] {1, 7, 13}) {
                    MemorySegment pieces = arena.allocate(tensor.byteSize() + 3);
                    for (int row = 0; row < tensor.rows(); row += step) {
                        tensor.read(row, Math.min(step, tensor.rows() - row), pieces, 3 + row * rowBytes);
                    }
                    assertThat(pieces.asSlice(3).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(whole);
                }
                assertThatThrownBy(() -> tensor.read(tensor.rows(), 1, arena.allocate(rowBytes), 0))
                        .isInstanceOf(IndexOutOfBoundsException.class);
            }
        }
    }

    @Test
    void opensAFolderWithOneGgufFile(@TempDir Path folder) throws Exception {
        Files.copy(ReferenceFiles.ROOT.resolve("gguf/base-f16.gguf"), folder.resolve("model.gguf"));
        try (Checkpoint checkpoint = Checkpoints.open(folder)) {
            assertThat(checkpoint.path()).isEqualTo(folder.resolve("model.gguf"));
        }
    }

    @Test
    void refusesWhatIsNoModel(@TempDir Path folder) throws Exception {
        assertThatThrownBy(() -> Checkpoints.open(folder))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("holds no model");
        assertThatThrownBy(() -> Checkpoints.open(folder.resolve("nothing"))).hasMessageContaining("does not exist");
        assertThatThrownBy(() -> open("base-mp1/consolidated.00.pth")).hasMessageContaining("give the folder");
        Path device = Path.of("/dev/null");
        if (Files.exists(device)) {
            assertThatThrownBy(() -> Checkpoints.open(device)).isInstanceOf(CheckpointException.class);
        }
    }

    @Test
    void saysWhichTensorThereIsNot() {
        try (Checkpoint checkpoint = open("base-mp1")) {
            assertThatThrownBy(() -> checkpoint.tensor("blk.2.attn_q.weight"))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("blk.2.attn_q.weight");
        }
    }

    private static Checkpoint open(String name) {
        return Checkpoints.open(ReferenceFiles.ROOT.resolve(name));
    }

    private static void assertSameModel(String one, String other) {
        try (Checkpoint expected = open(one);
                Checkpoint actual = open(other)) {
            assertThat(actual.tensors()).hasSameSizeAs(expected.tensors());
            assertThat(actual.hyperparameters())
                    .usingRecursiveComparison()
                    .ignoringFields("contextLength")
                    .isEqualTo(expected.hyperparameters());
            for (Tensor tensor : expected.tensors()) {
                Tensor same = actual.tensor(tensor.name());
                assertThat(new int[] {same.rows(), same.columns()}).containsExactly(tensor.rows(), tensor.columns());
                assertThat(Arrays.equals(ReferenceFiles.widened(same), ReferenceFiles.widened(tensor)))
                        .as(tensor.name())
                        .isTrue();
            }
        }
    }
}
