package dev.altiplano.engine.load.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.ModelException;
import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.ReferenceFiles;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.tensor.Tensor;
import dev.altiplano.engine.load.Checkpoints;
import dev.altiplano.engine.load.ModelLoader;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A model of which a weight is no number is refused by loading and by verification, with the tensor's name. */
final class FiniteWeightsTest {

    @TempDir
    private Path folder;

    static List<Path> models() throws IOException {
        try (Stream<Path> files = Files.walk(ReferenceFiles.ROOT)) {
            return files.filter(file -> file.toString().endsWith(".gguf")
                            && !file.toString().contains("malformed")
                            && !file.toString().contains("adapters"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void whatIsWholeIsAccepted(Path model) {
        try (Checkpoint checkpoint = Checkpoints.open(model)) {
            FiniteWeights.check(checkpoint);
        }
    }

    /** A NaN in place of the first weight, or of a scale of the first quant block. */
    @ParameterizedTest
    @CsvSource({
        "base-f16.gguf, blk.0.ffn_up.weight, 1, 7E",
        "base-f16.gguf, token_embd.weight, 1, 7C",
        "base-f16.gguf, blk.1.attn_norm.weight, 3, 7F",
        "base-q8_0.gguf, blk.0.ffn_up.weight, 1, 7E",
        "base-q4_0.gguf, blk.1.attn_q.weight, 1, FC",
        "kq-q4_k_m.gguf, blk.0.attn_q.weight, 3, 7E"
    })
    void isRefusedWithItsName(String file, String tensor, int offset, String high) throws IOException {
        byte[] bytes = Files.readAllBytes(ReferenceFiles.ROOT.resolve("gguf").resolve(file));
        int at = place(ReferenceFiles.ROOT.resolve("gguf").resolve(file), tensor, bytes);
        bytes[at + offset] = (byte) Integer.parseInt(high, 16);
        bytes[at + offset - 1] = (byte) 0x80;
        Path damaged = Files.write(folder.resolve(file), bytes);
        try (Checkpoint checkpoint = Checkpoints.open(damaged)) {
            assertThatThrownBy(() -> FiniteWeights.check(checkpoint))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining(tensor)
                    .hasMessageContaining("row 0");
        }
        EngineOptions options = EngineOptions.of(damaged, "damaged");
        assertThatThrownBy(() -> new ModelLoader(options, (phase, done, total) -> {}).load())
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(tensor)
                .hasMessageContaining("NaN");
    }

    /** Where the tensor's first row lies in its file. */
    private static int place(Path model, String name, byte[] file) {
        try (Checkpoint checkpoint = Checkpoints.open(model)) {
            Tensor tensor = checkpoint.tensor(name);
            byte[] row = new byte[Math.toIntExact(tensor.rowBytes())];
            tensor.read(0, 1, MemorySegment.ofArray(row), 0);
            for (int at = 0; at <= file.length - row.length; at++) {
                if (Arrays.equals(file, at, at + row.length, row, 0, row.length)) {
                    return at;
                }
            }
        }
        assertThat(name).as("a tensor of the file").isNull();
        return -1;
    }
}
