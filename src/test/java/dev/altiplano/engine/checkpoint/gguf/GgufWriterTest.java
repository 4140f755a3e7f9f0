package dev.altiplano.engine.checkpoint.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.checkpoint.ChatTemplateSource;
import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.EndToken;
import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.checkpoint.ModelSummary;
import dev.altiplano.engine.checkpoint.Progress;
import dev.altiplano.engine.checkpoint.ReferenceFiles;
import dev.altiplano.engine.checkpoint.TokenizerData;
import dev.altiplano.engine.checkpoint.tensor.Tensor;
import dev.altiplano.engine.checkpoint.tensor.TensorType;
import dev.altiplano.engine.load.Checkpoints;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GgufWriterTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "base-mp1",
                "base-mp4",
                "gqa-mp2-vocabsplit",
                "hf-gqa",
                "gguf/kq-q4_k_m.gguf",
                "gguf/base-mixed.gguf",
                "variants/transposed-strides",
                "variants/float32"
            })
    void whatIsWrittenIsReadBackBitForBit(String name) throws Exception {
        Path file = folder.resolve("out.gguf");
        try (Checkpoint source = Checkpoints.open(ReferenceFiles.ROOT.resolve(name))) {
            TokenizerData.Pieces pieces = pieces(source.hyperparameters().vocabularySize());
            GgufWriter writer = new GgufWriter("test", source.hyperparameters(), pieces, source.tensors());
            writer.write(file, false, Progress.NONE);
            assertThat(Files.size(file)).isEqualTo(writer.byteSize());
            try (Checkpoint copy = Checkpoints.open(file)) {
                assertThat(copy.hyperparameters()).isEqualTo(source.hyperparameters());
                assertThat(copy.tokenizer())
                        .usingRecursiveComparison()
                        .ignoringFields("ends")
                        .isEqualTo(pieces);
                assertThat(copy.tensors().stream().map(Tensor::name).toList())
                        .isEqualTo(source.tensors().stream().map(Tensor::name).toList());
                for (Tensor tensor : source.tensors()) {
                    assertSame(tensor, copy.tensor(tensor.name()));
                }
            }
        }
        assertThat(folder.toFile().list()).containsExactly("out.gguf");
    }

    @Test
    void mergesComeBackToo() throws Exception {
        TokenizerData.Merges merges = merges(4);
        assertThat(read(merges)).usingRecursiveComparison().isEqualTo(merges);
    }

    /** Other readers do without it, as it is of no use to them. */
    @Test
    void paddingThatIsNoTokenIsNone() throws Exception {
        assertThat(read(merges(5))).usingRecursiveComparison().isEqualTo(merges(-1));
    }

    private static TokenizerData.Merges merges(int padding) {
        return new TokenizerData.Merges(
                List.of("a", "b", "ab", "<|end_of_text|>", "<|eot_id|>"),
                new int[] {1, 1, 1, 3, 3},
                List.of("a b"),
                "llama-bpe",
                -1,
                3,
                0,
                padding,
                List.of(new EndToken(3, "tokenizer.ggml.eos_token_id"), new EndToken(4, "tokenizer.ggml.eot_token_id")),
                false,
                false,
                List.of(new ChatTemplateSource("default", "{{ messages }}"), new ChatTemplateSource("tool_use", "x")));
    }

    private TokenizerData read(TokenizerData.Merges merges) throws Exception {
        Path file = folder.resolve("out.gguf");
        try (Checkpoint source = Checkpoints.open(ReferenceFiles.ROOT.resolve("malformed/control.gguf"))) {
            Hyperparameters h = source.hyperparameters();
            List<Tensor> tensors = source.tensors().stream()
                    .map(tensor -> tensor.rows() == h.vocabularySize() ? FirstRows.of(tensor, 5) : tensor)
                    .toList();
            Hyperparameters small = new Hyperparameters(4, 16, 1, 2, 2, 2, 5, 2048, h.normEpsilon(), h.ropeTheta());
            new GgufWriter("test", small, merges, tensors).write(file, false, Progress.NONE);
        }
        try (Checkpoint copy = Checkpoints.open(file)) {
            return copy.tokenizer();
        }
    }

    @Test
    void aMissingOutputIsTheEmbedding() throws Exception {
        Path file = folder.resolve("tied.gguf");
        try (Checkpoint source = Checkpoints.open(ReferenceFiles.ROOT.resolve("base-mp1"))) {
            List<Tensor> tensors = source.tensors().stream()
                    .filter(tensor -> !tensor.name().equals("output.weight"))
                    .toList();
            new GgufWriter("tied", source.hyperparameters(), pieces(512), tensors).write(file, false, Progress.NONE);
            try (Checkpoint tied = Checkpoints.open(file)) {
                assertThat(tied.tiedOutput()).isTrue();
                assertThat(tied.tensors()).hasSameSizeAs(source.tensors());
                assertThat(ReferenceFiles.bytes(tied.tensor("output.weight")))
                        .isEqualTo(ReferenceFiles.bytes(source.tensor("token_embd.weight")));
                assertThat(ModelSummary.of(tied).parameters())
                        .isEqualTo(ModelSummary.of(source).parameters() - 512 * 64);
            }
        }
    }

    @Test
    void replacesNothingUnasked() throws Exception {
        Path file = Files.writeString(folder.resolve("out.gguf"), "precious");
        try (Checkpoint source = Checkpoints.open(ReferenceFiles.ROOT.resolve("base-mp1"))) {
            GgufWriter writer = new GgufWriter("test", source.hyperparameters(), pieces(512), source.tensors());
            assertThatThrownBy(() -> writer.write(file, false, Progress.NONE))
                    .isInstanceOf(FileAlreadyExistsException.class);
            assertThat(file).hasContent("precious");
            writer.write(file, true, Progress.NONE);
            assertThat(file).hasSize(writer.byteSize());
        }
    }

    @Test
    void leavesNothingBehindWhenItFails() {
        try (Checkpoint source = Checkpoints.open(ReferenceFiles.ROOT.resolve("base-mp1"))) {
            GgufWriter writer = new GgufWriter("test", source.hyperparameters(), pieces(512), source.tensors());
            Path file = folder.resolve("out.gguf");
            assertThatThrownBy(() -> writer.write(file, false, (done, total) -> {
                        throw new IllegalStateException("no more");
                    }))
                    .hasMessage("no more");
            assertThat(folder).isEmptyDirectory();
            assertThatThrownBy(() -> writer.write(folder.resolve("no/such/out.gguf"), false, Progress.NONE))
                    .isInstanceOf(IOException.class);
        }
    }

    private static void assertSame(Tensor expected, Tensor actual) {
        assertThat(actual.rows()).isEqualTo(expected.rows());
        if (expected.rows() > 1) {
            assertThat(actual.type()).isEqualTo(expected.type());
            assertThat(ReferenceFiles.bytes(actual)).isEqualTo(ReferenceFiles.bytes(expected));
        } else {
            assertThat(actual.type()).isEqualTo(TensorType.F32);
            assertThat(ReferenceFiles.widened(actual)).isEqualTo(ReferenceFiles.widened(expected));
        }
    }

    private static TokenizerData.Pieces pieces(int count) {
        String file = count == 512 ? "gguf/base-f16.gguf" : "malformed/control.gguf";
        try (Checkpoint checkpoint = Checkpoints.open(ReferenceFiles.ROOT.resolve(file))) {
            return (TokenizerData.Pieces) checkpoint.tokenizer();
        }
    }

    /** The first rows of another tensor. */
    private record FirstRows(String name, TensorType type, int rows, int columns, Tensor whole) implements Tensor {
        static Tensor of(Tensor whole, int rows) {
            return new FirstRows(whole.name(), whole.type(), rows, whole.columns(), whole);
        }

        @Override
        public void read(int firstRow, int count, MemorySegment target, long targetOffset) {
            whole.read(firstRow, count, target, targetOffset);
        }
    }
}
