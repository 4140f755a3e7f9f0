package dev.altiplano.training.export;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.checkpoint.tensor.TensorType;
import dev.altiplano.engine.load.Checkpoints;
import dev.altiplano.training.TrainingException;
import dev.altiplano.training.corpus.DocumentKind;
import dev.altiplano.training.corpus.Grammar;
import dev.altiplano.training.model.ParameterLayout;
import dev.altiplano.training.model.Weights;
import dev.altiplano.training.vocabulary.PieceTrainer;
import dev.altiplano.training.vocabulary.TokenizerModel;
import dev.altiplano.training.vocabulary.WordCounts;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MetaFolderTest {

    private static final Hyperparameters SHAPE = new Hyperparameters(32, 96, 2, 2, 1, 16, 320, 64, 1e-6f, 10000);

    @TempDir
    private Path folder;

    private static byte[] tokenizer() {
        WordCounts counts = new WordCounts();
        for (int i = 0; i < 50; i++) {
            counts.add(Grammar.document(DocumentKind.STORIES, 1, i).text());
        }
        return TokenizerModel.write(PieceTrainer.train(counts, SHAPE.vocabularySize() - TokenizerModel.RESERVED));
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F16", "BF16"})
    void whatIsWrittenIsReadAgain(TensorType type) throws IOException {
        ParameterLayout layout = new ParameterLayout(SHAPE);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment weights = Weights.initial(layout, 5, arena);
            MetaFolder.write(folder, layout, 32, weights, type, tokenizer());
            try (Checkpoint checkpoint = Checkpoints.open(folder)) {
                assertThat(checkpoint.hyperparameters()).isEqualTo(SHAPE);
                assertThat(checkpoint.tensor("output.weight").type()).isEqualTo(type);
                MemorySegment read = BaseModel.read(checkpoint, layout, arena);
                float worst = 0;
                for (long i = 0; i < layout.size(); i++) {
                    float value = weights.getAtIndex(JAVA_FLOAT, i);
                    worst = Math.max(
                            worst, Math.abs(read.getAtIndex(JAVA_FLOAT, i) - value) / (0.01f + Math.abs(value)));
                }
                assertThat(worst)
                        .isLessThanOrEqualTo(type == TensorType.F32 ? 0 : type == TensorType.F16 ? 1e-3f : 4e-3f);
                assertThat(BaseModel.multipleOf(SHAPE)).isEqualTo(32);
            }
        }
        assertThat(Files.readString(folder.resolve("params.json")))
                .isEqualTo("{\"dim\": 32, \"multiple_of\": 32, \"n_heads\": 2, \"n_kv_heads\": 1, \"n_layers\": 2,"
                        + " \"norm_eps\": 1e-06, \"max_seq_len\": 64, \"vocab_size\": -1}");
        assertThat(Files.readString(folder.resolve("checklist.chk")))
                .matches("[0-9a-f]{32}  consolidated\\.00\\.pth\n[0-9a-f]{32}  params\\.json\n");
    }

    @Test
    void aModelThatDoesNotFitIsRefused() {
        ParameterLayout small =
                new ParameterLayout(new Hyperparameters(2048, 5632, 22, 32, 4, 64, 32000, 2048, 1e-5f, 10000));
        MetaFolder.checkSize(small, TensorType.F16);
        assertThatThrownBy(() -> MetaFolder.checkSize(small, TensorType.F32))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("1100048384 weights are 4400193536 bytes as F32")
                .hasMessageContaining("write them as F16 or BF16");
        ParameterLayout large =
                new ParameterLayout(new Hyperparameters(4096, 11008, 32, 32, 32, 128, 32000, 2048, 1e-5f, 10000));
        assertThatThrownBy(() -> MetaFolder.checkSize(large, TensorType.F16))
                .hasMessageContaining("choose a smaller model");
    }

    @Test
    void elementsLieAtMultiplesOf64Bytes() throws IOException {
        ParameterLayout layout = new ParameterLayout(SHAPE);
        try (Arena arena = Arena.ofConfined()) {
            MetaFolder.write(folder, layout, 32, Weights.initial(layout, 5, arena), TensorType.F16, tokenizer());
        }
        byte[] file = Files.readAllBytes(folder.resolve("consolidated.00.pth"));
        int entries = 0;
        for (int i = 0; i + 30 < file.length; i++) {
            if (file[i] == 'P' && file[i + 1] == 'K' && file[i + 2] == 3 && file[i + 3] == 4) {
                int name = file[i + 26] & 0xff | (file[i + 27] & 0xff) << 8;
                int extra = file[i + 28] & 0xff | (file[i + 29] & 0xff) << 8;
                assertThat((i + 30 + name + extra) % 64).isZero();
                entries++;
            }
        }
        assertThat(entries).isEqualTo(layout.parts().size() + 2);
    }
}
