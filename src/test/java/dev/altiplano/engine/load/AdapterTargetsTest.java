package dev.altiplano.engine.load;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.ReferenceFiles;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.huggingface.SafetensorsFile;
import dev.altiplano.engine.checkpoint.huggingface.SafetensorsFile.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An adapter of what no adapter is computed for beside a model is refused, never left out in silence. */
final class AdapterTargetsTest {

    @ParameterizedTest
    @CsvSource({"gate, 64, 4, blk.0.ffn_gate_inp.weight", "experts.1.w2, 96, 64, blk.0.ffn_down.1.weight"})
    void refusesExpertsAndWhatChoosesThem(String module, int inputs, int outputs, String target, @TempDir Path folder)
            throws IOException {
        Files.writeString(
                folder.resolve("adapter_config.json"),
                "{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 4, \"target_modules\": \".*block_sparse_moe.*\"}");
        SafetensorsFile weights = new SafetensorsFile();
        String name = "base_model.model.model.layers.0.block_sparse_moe." + module;
        weights.tensors.put(name + ".lora_A.weight", new Entry("F32", new long[] {2, inputs}, new byte[8 * inputs]));
        weights.tensors.put(name + ".lora_B.weight", new Entry("F32", new long[] {outputs, 2}, new byte[8 * outputs]));
        weights.write(folder.resolve("adapter_model.safetensors"));
        try (Checkpoint base = Checkpoints.open(ReferenceFiles.ROOT.resolve("families/models/hf/mixtral"))) {
            assertThatThrownBy(() -> new AdapterLoader(base, Map.of("one", folder)))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("changes " + target);
        }
    }
}
