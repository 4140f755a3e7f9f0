package dev.altiplano.engine.checkpoint.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.ReferenceFiles;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.huggingface.SafetensorsFile;
import dev.altiplano.engine.load.Adapters;
import dev.altiplano.engine.load.Checkpoints;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Adapters in both formats say the same; what is more than LoRA, or made for another model, is refused by name. */
final class AdapterFilesTest {

    private static final Path ADAPTERS = ReferenceFiles.ROOT.resolve("families/adapters");

    @TempDir
    private Path folder;

    @Test
    void bothFormatsHoldTheSameMatrices() {
        try (Checkpoint base = Checkpoints.open(ADAPTERS.resolve("base"));
                Arena arena = Arena.ofConfined()) {
            AdapterFile peft = Adapters.open(ADAPTERS.resolve("all"), base, arena);
            AdapterFile gguf = Adapters.open(ADAPTERS.resolve("all.gguf"), base, arena);
            assertThat(peft.parts()).hasSize(14).containsOnlyKeys(gguf.parts().keySet());
            peft.parts().forEach((name, part) -> {
                LowRank other = gguf.parts().get(name);
                assertThat(part.scale()).isEqualTo(2).isEqualTo(other.scale());
                assertThat(ReferenceFiles.widened(part.a())).isEqualTo(ReferenceFiles.widened(other.a()));
                assertThat(ReferenceFiles.widened(part.b())).as(name).isEqualTo(ReferenceFiles.widened(other.b()));
            });
        }
    }

    @Test
    void rankStabilizedScaleDividesByTheRoot() {
        try (Checkpoint base = Checkpoints.open(ADAPTERS.resolve("base"));
                Arena arena = Arena.ofConfined()) {
            assertThat(Adapters.open(ADAPTERS.resolve("rslora"), base, arena)
                            .parts()
                            .firstEntry()
                            .getValue()
                            .scale())
                    .isEqualTo(4);
        }
    }

    /** PEFT takes the first pattern that fits, and knows modules of a bare model by shorter names. */
    @Test
    void theFirstPatternOfAlphaCountsAndModulesOfTheBareModelAreKnown() throws IOException {
        String config = Files.readString(ADAPTERS.resolve("attention-only/adapter_config.json"));
        Files.writeString(
                folder.resolve("adapter_config.json"),
                config.replaceFirst(
                        "\\{",
                        "{\"alpha_pattern\": {\"q_proj\": 3, \"layers.0.self_attn.q_proj\": 5, \"^layers.1.self_attn.v_proj\": 7},"));
        SafetensorsFile weights = SafetensorsFile.read(ADAPTERS.resolve("attention-only/adapter_model.safetensors"));
        SafetensorsFile renamed = new SafetensorsFile();
        weights.tensors.forEach((name, tensor) ->
                renamed.tensors.put(name.replace("base_model.model.model.", "base_model.model."), tensor));
        renamed.write(folder.resolve("adapter_model.safetensors"));
        try (Checkpoint base = Checkpoints.open(ADAPTERS.resolve("base"));
                Arena arena = Arena.ofConfined()) {
            AdapterFile plain = Adapters.open(ADAPTERS.resolve("attention-only"), base, arena);
            AdapterFile changed = Adapters.open(folder, base, arena);
            assertThat(changed.parts()).containsOnlyKeys(plain.parts().keySet());
            changed.parts().forEach((name, part) -> {
                float expected = name.endsWith("attn_q.weight")
                        ? 3f / part.rank()
                        : name.equals("blk.1.attn_v.weight")
                                ? 7f / part.rank()
                                : plain.parts().get(name).scale();
                assertThat(part.scale()).as(name).isEqualTo(expected);
            });
        }
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "\"use_dora\": false | \"use_dora\": true | has use_dora",
                "\"bias\": \"none\" | \"bias\": \"lora_only\" | has bias \"lora_only\"",
                "\"modules_to_save\": null | \"modules_to_save\": [\"lm_head\"] | has modules_to_save \"lm_head\"",
                "\"peft_type\": \"LORA\" | \"peft_type\": \"IA3\" | has peft_type \"IA3\"",
                "\"q_proj\" | \"embed_tokens\" | has target_modules \"embed_tokens\"",
                "\"init_lora_weights\": true | \"init_lora_weights\": \"pissa_niter_4\" | changes the base model",
                "\"r\": 4 | \"alpha_pattern\": {\"^x$\": 3} | alpha_pattern \"^x$\""
            })
    void refusesWhatIsMoreThanLowRank(String from, String to, String message) throws IOException {
        String config = Files.readString(ADAPTERS.resolve("attention-only/adapter_config.json"));
        Files.writeString(folder.resolve("adapter_config.json"), config.replace(from, to));
        Files.copy(
                ADAPTERS.resolve("attention-only/adapter_model.safetensors"),
                folder.resolve("adapter_model.safetensors"));
        assertRefused(ADAPTERS.resolve("base"), folder, message);
    }

    @Test
    void refusesAnAdapterOfAnotherModel() {
        assertRefused(ReferenceFiles.ROOT.resolve("hf-gqa"), ADAPTERS.resolve("all"), "was made for another model");
        assertRefused(
                ReferenceFiles.ROOT.resolve("hf-gqa"), ADAPTERS.resolve("all.gguf"), "was made for another model");
    }

    @Test
    void refusesAModelInAnAdaptersPlace() {
        assertRefused(ADAPTERS.resolve("base"), ADAPTERS.resolve("base"), "holds no adapter");
        assertRefused(
                ADAPTERS.resolve("base"), ADAPTERS.resolve("base.gguf"), "has no general.type: this is not an adapter");
    }

    private static void assertRefused(Path model, Path adapter, String message) {
        try (Checkpoint base = Checkpoints.open(model);
                Arena arena = Arena.ofConfined()) {
            assertThatThrownBy(() -> Adapters.open(adapter, base, arena))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining(message);
        }
    }
}
