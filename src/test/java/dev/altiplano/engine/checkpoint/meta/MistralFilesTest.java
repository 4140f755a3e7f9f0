package dev.altiplano.engine.checkpoint.meta;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.checkpoint.ReferenceFiles;
import dev.altiplano.engine.checkpoint.TensorNames;
import dev.altiplano.engine.checkpoint.TokenizerData;
import dev.altiplano.engine.checkpoint.architecture.Architecture;
import dev.altiplano.engine.checkpoint.huggingface.SafetensorsFile;
import dev.altiplano.engine.checkpoint.huggingface.SafetensorsFile.Entry;
import dev.altiplano.engine.checkpoint.tensor.Tensor;
import dev.altiplano.engine.load.Checkpoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model in Mistral's own form: shapes stated one by one, weights in one safetensors file, a numbered tokenizer. */
final class MistralFilesTest {

    private static final Path PLAIN = ReferenceFiles.ROOT.resolve("variants/plain");

    @TempDir
    private Path folder;

    @Test
    void holdsTheTensorsOfThePlainModel() throws IOException {
        try (Checkpoint plain = Checkpoints.open(PLAIN)) {
            Hyperparameters h = plain.hyperparameters();
            SafetensorsFile weights = new SafetensorsFile();
            for (Tensor tensor : plain.tensors()) {
                long[] shape = tensor.rows() == 1
                        ? new long[] {tensor.columns()}
                        : new long[] {tensor.rows(), tensor.columns()};
                weights.tensors.put(
                        TensorNames.META.fromGguf(tensor.name()),
                        new Entry(tensor.type().name(), shape, ReferenceFiles.bytes(tensor)));
            }
            weights.write(folder.resolve("consolidated.safetensors"));
            String params = "{\"dim\": " + h.hiddenSize() + ", \"n_layers\": " + h.layers() + ", \"head_dim\": "
                    + h.headDim()
                    + ", \"hidden_dim\": " + h.intermediateSize() + ", \"n_heads\": " + h.heads() + ", \"n_kv_heads\": "
                    + h.kvHeads() + ", \"norm_eps\": 1e-05, \"vocab_size\": " + h.vocabularySize();
            Files.writeString(folder.resolve("params.json"), params + ", \"sliding_window\": 4096}");
            Files.writeString(folder.resolve("tekken.json"), "{\"vocab\": []}");
            try (Checkpoint checkpoint = Checkpoints.open(folder)) {
                assertThat(checkpoint.tokenizer())
                        .isInstanceOfSatisfying(
                                TokenizerData.HuggingFace.class,
                                files -> assertThat(files.documents()).containsOnlyKeys("tekken.json"));
            }
            Files.copy(PLAIN.resolveSibling("tokenizer.model"), folder.resolve("tokenizer.model.v3"));
            try (Checkpoint checkpoint = Checkpoints.open(folder)) {
                assertThat(checkpoint.hyperparameters().architecture()).isEqualTo(Architecture.MISTRAL);
                assertThat(checkpoint.hyperparameters().slidingWindow()).isEqualTo(4096);
                assertThat(checkpoint.hyperparameters().ropeTheta()).isEqualTo(1e4);
                assertThat(checkpoint.notes()).isEmpty();
                for (Tensor tensor : plain.tensors()) {
                    assertThat(ReferenceFiles.bytes(checkpoint.tensor(tensor.name())))
                            .isEqualTo(ReferenceFiles.bytes(tensor));
                }
            }
            Files.writeString(folder.resolve("params.json"), params + "}");
            try (Checkpoint checkpoint = Checkpoints.open(folder)) {
                assertThat(checkpoint.hyperparameters().effectiveWindow()).isZero();
                assertThat(checkpoint.hyperparameters().ropeTheta()).isEqualTo(1e6);
            }
        }
    }
}
